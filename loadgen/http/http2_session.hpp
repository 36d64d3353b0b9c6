// One HTTP/2 connection, from its opening to its end: a Http2Framing on a Transport, and the places
// of those who send on it. Open once the server's SETTINGS have come, so that its
// MAX_CONCURRENT_STREAMS is known before the first request. Frames that are ready in one turn of
// the event loop leave with one write. Thread-safety: none. Source: RFC 9113.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "loadgen/http/connection.hpp"
#include "loadgen/http/http2_framing.hpp"
#include "loadgen/net/event_loop.hpp"
#include "loadgen/net/transport.hpp"

namespace plimsoll::loadgen::http {

class Http2Session;

// Who opens sessions, and lets others send on them.
class Http2SessionOwner {
 public:
  virtual void on_session_open() = 0;
  virtual void on_session_failed(const net::Failure& failure) = 0;
  // It takes no more users. Those who have a request in flight still get their response.
  virtual void on_session_retired(const Http2Session& session) = 0;
  // It takes more users than before.
  virtual void on_session_room(const Http2Session& session) = 0;
  virtual void count_sent(std::size_t bytes) = 0;
  virtual void count_received(std::size_t bytes) = 0;

 protected:
  ~Http2SessionOwner() = default;
};

// Who has a place on a session. When on_lost or on_idle_end is called, the place is gone.
class Http2User {
 public:
  // usable: the session takes the next request.
  virtual void on_answered(bool usable) = 0;
  virtual void on_lost(const net::Failure& failure, Lost lost) = 0;
  virtual void on_idle_end(IdleClose how) = 0;

 protected:
  ~Http2User() = default;
};

class Http2Session final : private net::Readiness,
                           private net::TurnEnd,
                           private Http2FramingEvents,
                           public std::enable_shared_from_this<Http2Session> {
 public:
  // tls: null for plain text. All must outlive the session.
  Http2Session(Http2SessionOwner& owner, net::EventLoop& loop, const net::TlsContext* tls,
               ReadScratch& scratch)
      : owner_(owner), loop_(loop), scratch_(scratch), transport_(tls) {}
  ~Http2Session() { shut(); }

  void open(const net::Endpoint& endpoint);
  // Nobody waits for the opening any more.
  void abandon();

  [[nodiscard]] bool is_usable() const noexcept {
    return state_ == State::kOpen && !takes_no_more_;
  }
  [[nodiscard]] bool has_room() const noexcept { return users_ < limit_; }
  [[nodiscard]] std::string waits_for() const;
  [[nodiscard]] ConnectionLife& life() noexcept { return life_; }

  // A place for user, until it is released or lost.
  [[nodiscard]] Http2Exchange& attach(Http2User& user);
  void submit(Http2Exchange& place, const request::RenderedRequest& request);
  // Cancels the request if there is one, and frees the place.
  void release(Http2Exchange& place);
  // As release(), and the session takes no more users; idle ones are told. False if it took no more
  // before.
  bool recycle(Http2Exchange& place);

 private:
  enum class State { kConnecting, kGreeting, kOpen, kOver };
  // A request that is over, whose user is still to be told.
  struct Ended {
    Http2Exchange* place;
    std::int32_t id;
    bool answered;
    std::uint32_t error;  // of HTTP/2, otherwise
  };

  void on_ready(Event event) override;
  void on_turn_end() override;
  void on_settings(std::uint32_t most_requests) override;
  void on_goaway() override { goaway_came_ = true; }
  void on_answered(Http2Exchange& place) override { ended_.push_back({&place, place.id, true, 0}); }
  void on_lost(Http2Exchange& place, std::uint32_t error) override {
    ended_.push_back({&place, place.id, false, error});
  }

  void greet();
  void read_all();
  [[nodiscard]] bool read_once();
  void dispatch();
  void finish(const Ended& ended);
  [[nodiscard]] net::Failure failure_of(const Ended& ended) const;
  void flush();
  void flush_later();
  Http2User& vacate(Http2Exchange& place);
  void close_if_unused();
  void drop_idle(IdleClose first);
  void fail_all(const net::Failure& failure, bool in_order);
  void handle_end(net::IoState state);
  void end(const net::Failure& failure, bool in_order);
  void end_violated() { end({net::ErrorKind::kProtocol, framing_->problem()}, false); }
  void shut();

  Http2SessionOwner& owner_;
  net::EventLoop& loop_;
  ReadScratch& scratch_;
  net::Transport transport_;
  State state_ = State::kConnecting;
  ConnectionLife life_;
  std::deque<Http2Exchange> places_;  // used ones and free ones
  std::vector<Http2Exchange*> free_;
  std::uint32_t users_ = 0;
  std::unique_ptr<Http2Framing> framing_;  // null before the connection is made
  std::vector<Ended> ended_;
  std::string out_;          // frames not written yet
  std::uint32_t limit_ = 0;  // of requests at a time, the server's
  bool settings_came_ = false;
  bool goaway_came_ = false;
  bool room_came_ = false;
  bool takes_no_more_ = false;  // takes no more users
  bool reading_ = false;        // a flush will follow
  bool flush_due_ = false;      // at the end of this turn
  bool broken_ = false;         // nothing can be written any more
  bool hung_up_ = false;
};

}  // namespace plimsoll::loadgen::http

// HTTP/2 as slots for requests see it: each is one stream at a time of a session that it shares
// with the other slots of its lane. Thread-safety: none; belongs to the thread that runs the loop.
// Source: RFC 9113.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/http/connection.hpp"
#include "loadgen/net/event_loop.hpp"
#include "loadgen/net/tls.hpp"

namespace plimsoll::loadgen::http {

class Http2Session;
class Http2Stream;

struct Http2Context {
  net::EventLoop& loop;
  const net::TlsContext* tls;  // null for plain text
  ReadScratch& scratch;
  ConnectionEvents& events;
};

// The place of one connection: the session that streams join now, and who waits for it. Sessions
// that are to get no more streams live on, without a place, until their last stream has ended.
class Http2Lane {
 public:
  explicit Http2Lane(const Http2Context& context) : context_(context) {}
  ~Http2Lane();
  Http2Lane(const Http2Lane&) = delete;
  Http2Lane& operator=(const Http2Lane&) = delete;

  // For its streams.
  [[nodiscard]] Connection::Join join(Http2Stream& stream);
  [[nodiscard]] bool is_open() const noexcept;
  void open(const net::Endpoint& endpoint);
  void give_up(const Http2Stream& stream, const net::Failure& failure);
  void leave(const Http2Stream& stream);
  [[nodiscard]] std::string waits_for() const;

  // For its sessions.
  [[nodiscard]] const Http2Context& context() const noexcept { return context_; }
  void session_opened();
  void session_failed_to_open(const net::Failure& failure);
  void no_more_streams(const Http2Session& session);
  void room_in(const Http2Session& session);
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;

 private:
  void wake_parked();

  Http2Context context_;
  std::shared_ptr<Http2Session> current_;
  Http2Stream* leader_ = nullptr;      // the one for which current_ is being opened
  std::vector<Http2Stream*> waiting_;  // for the same opening
  std::vector<Http2Stream*> parked_;   // for room
};

class Http2Stream final : public Connection {
 public:
  Http2Stream(ConnectionOwner& owner, Http2Lane& lane) : Connection(owner), lane_(lane) {}
  ~Http2Stream() override { close(); }

  [[nodiscard]] Join join() override { return lane_.join(*this); }
  [[nodiscard]] bool can_join() const noexcept override { return lane_.is_open(); }
  void open(const net::Endpoint& endpoint) override { lane_.open(endpoint); }
  void give_up(const net::Failure& failure) override { lane_.give_up(*this, failure); }
  void send(std::string_view bytes, bool head) override;
  void close() override;
  bool retire() override;

  [[nodiscard]] bool is_open() const noexcept override { return session_ != nullptr; }
  [[nodiscard]] std::string waits_for() const override { return lane_.waits_for(); }
  [[nodiscard]] ConnectionLife& life() noexcept override;
  [[nodiscard]] std::string_view watched_header() const noexcept override { return watched_; }
  // The wire is shared: what it carried is counted with whichever request asks first.
  [[nodiscard]] std::uint64_t take_bytes_sent() noexcept override;
  [[nodiscard]] std::uint64_t take_bytes_received() noexcept override;

 private:
  friend class Http2Session;
  friend struct Http2Callbacks;

  Http2Lane& lane_;
  std::shared_ptr<Http2Session> session_;
  ConnectionLife last_life_;  // of the session that it has left
  std::int32_t id_ = 0;       // of the request in flight; 0 without one
  std::string_view unsent_;   // of its body
  unsigned status_ = 0;
  std::string watched_;         // the value of HeaderCache::watched
  bool silent_ = true;          // no header of the response came yet
  bool reset_by_peer_ = false;  // by RST_STREAM
};

}  // namespace plimsoll::loadgen::http

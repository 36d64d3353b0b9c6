// One HTTP/2 connection, from its opening to its end: nghttp2 on a Transport. Open once the
// server's SETTINGS have come, so that its MAX_CONCURRENT_STREAMS is known before the first
// request. Frames that a batch of requests makes go out together. Thread-safety: none. Source: RFC
// 9113, nghttp2's programmers' guide.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/http/http2_stream.hpp"
#include "loadgen/net/transport.hpp"

struct nghttp2_session;

namespace plimsoll::loadgen::http {

class Http2Session final : private net::Readiness,
                           public std::enable_shared_from_this<Http2Session> {
 public:
  explicit Http2Session(Http2Lane& lane)
      : lane_(lane), loop_(lane.context().loop), transport_(lane.context().tls) {}
  ~Http2Session();

  void open(const net::Endpoint& endpoint);
  // Nobody waits for the opening any more.
  void abandon();

  [[nodiscard]] bool is_usable() const noexcept { return state_ == State::kOpen && !retired_; }
  [[nodiscard]] bool has_room() const noexcept { return attached_.size() < limit_; }
  [[nodiscard]] std::string waits_for() const;
  [[nodiscard]] ConnectionLife& life() noexcept { return life_; }

  void attach(Http2Stream& stream);
  void submit(Http2Stream& stream, std::string_view request);
  // Resets the stream's request if there is one, and lets the stream go.
  void remove(Http2Stream& stream);
  // No more streams; false if that was so before. The stream is let go, and so are idle ones.
  bool retire(Http2Stream& stream);

 private:
  friend struct Http2Callbacks;
  enum class State { kConnecting, kGreeting, kOpen, kOver };
  struct Ended {
    Http2Stream* stream;
    std::int32_t id;
    bool whole;           // a whole response
    std::uint32_t error;  // of HTTP/2, otherwise
  };

  void on_ready(Event event) override;
  void greet();
  void read_all();
  [[nodiscard]] bool read_once();
  void dispatch();
  void finish(const Ended& ended);
  void flush();
  void dispatch_later();
  void detach(Http2Stream& stream);
  void drop_idle(IdleClose first, const Http2Stream* but = nullptr);
  void handle_end(net::IoState state);
  void end(const net::Failure& failure, bool in_order);
  void shut();

  Http2Lane& lane_;
  net::EventLoop& loop_;
  net::Transport transport_;
  nghttp2_session* session_ = nullptr;
  State state_ = State::kConnecting;
  ConnectionLife life_;
  std::vector<Http2Stream*> attached_;
  std::vector<Ended> ended_;  // streams whose owners are still to be told
  std::string out_;           // frames not written yet
  std::string problem_;       // nghttp2's own words
  std::uint32_t limit_ = 0;   // of streams at a time, the server's
  bool settings_came_ = false;
  bool goaway_came_ = false;
  bool room_came_ = false;
  bool violated_ = false;  // by the server: nghttp2 has ended the connection
  bool retired_ = false;   // gets no more streams
  bool dispatching_ = false;
  bool broken_ = false;  // nothing can be written any more
  bool hung_up_ = false;
};

}  // namespace plimsoll::loadgen::http

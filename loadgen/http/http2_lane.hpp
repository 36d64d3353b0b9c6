// The place of one HTTP/2 connection in a run: the session that streams join now, and who waits for
// it. Sessions that take no more streams live on, without a lane's place, until their last stream
// has ended. Thread-safety: none; belongs to the thread that runs the loop.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "loadgen/http/connection.hpp"
#include "loadgen/http/http2_session.hpp"

namespace plimsoll::loadgen::http {

class Http2Stream;

struct Http2Context {
  net::EventLoop& loop;
  const net::TlsContext* tls;  // null for plain text
  ReadScratch& scratch;
  ConnectionEvents& events;
};

class Http2Lane final : private Http2SessionOwner {
 public:
  explicit Http2Lane(const Http2Context& context) : context_(context) {}
  Http2Lane(const Http2Lane&) = delete;
  Http2Lane& operator=(const Http2Lane&) = delete;

  // For its streams.
  [[nodiscard]] Connection::Join join(Http2Stream& stream);
  [[nodiscard]] bool is_open() const noexcept { return current_ && current_->is_usable(); }
  void open(const net::Endpoint& endpoint);
  void give_up(const Http2Stream& stream, const net::Failure& failure);
  // It waits for nothing any more.
  void leave(const Http2Stream& stream);
  [[nodiscard]] std::string waits_for() const { return current_ ? current_->waits_for() : ""; }
  [[nodiscard]] ConnectionEvents& events() const noexcept { return context_.events; }
  [[nodiscard]] std::uint64_t take_bytes_sent() noexcept { return std::exchange(bytes_sent_, 0); }
  [[nodiscard]] std::uint64_t take_bytes_received() noexcept {
    return std::exchange(bytes_received_, 0);
  }

 private:
  void on_session_open() override;
  void on_session_failed(const net::Failure& failure) override;
  void on_session_retired(const Http2Session& session) override;
  void on_session_room(const Http2Session& session) override;
  void count_sent(std::size_t bytes) override { bytes_sent_ += bytes; }
  void count_received(std::size_t bytes) override { bytes_received_ += bytes; }
  void wake_full();

  Http2Context context_;
  std::shared_ptr<Http2Session> current_;
  Http2Stream* leader_ = nullptr;      // the one for which current_ is being opened
  std::vector<Http2Stream*> waiting_;  // for the same opening
  std::vector<Http2Stream*> full_;     // that found no room
  std::uint64_t bytes_sent_ = 0;
  std::uint64_t bytes_received_ = 0;
};

}  // namespace plimsoll::loadgen::http

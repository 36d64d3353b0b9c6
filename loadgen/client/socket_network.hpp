// The sockets of one thread: an epoll loop, c-ares, connections of HTTP/1.1 or streams of HTTP/2.
// Errors: as EventLoop. Thread-safety: construct it anywhere; then it belongs to one thread.
#pragma once
#include <cstdint>
#include <deque>

#include "loadgen/client/network.hpp"
#include "loadgen/http/http2_stream.hpp"
#include "loadgen/net/event_loop.hpp"
#include "loadgen/plan/plan.hpp"

namespace plimsoll::loadgen::client {

class SocketNetwork final : public Network {
 public:
  // The plan must outlive this.
  explicit SocketNetwork(const plan::Plan& plan);

  [[nodiscard]] net::Loop& loop() noexcept override { return loop_; }
  void resolve(net::Resolver::Callback callback) override {
    resolver_.resolve(std::move(callback));
  }
  // With HTTP/2, --streams in a row share a connection.
  [[nodiscard]] std::unique_ptr<http::Connection> make_connection(
      http::ConnectionOwner& owner, http::ConnectionEvents& events) override;

 private:
  const plan::Plan& plan_;
  net::EventLoop loop_;
  net::Resolver resolver_;
  http::ReadScratch scratch_;
  std::deque<http::Http2Lane> lanes_;
  std::uint64_t streams_made_ = 0;
};

}  // namespace plimsoll::loadgen::client

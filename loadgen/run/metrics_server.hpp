// The HTTP endpoint of --metrics-port: GET /metrics while a run goes on, for a Prometheus in the
// cluster, so it listens on all addresses, IPv6 and IPv4. It reads no more than a small head of a
// request, keeps at most kMostClients connections, and none for longer than it takes.
// Errors of listen: exit code 4. Thread-safety: one thread, that of the io_context.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <string>

#include "core/result/result.hpp"

namespace plimsoll::loadgen::run {

class MetricsServer {
 public:
  // page: makes the body of an answer, once for each request.
  MetricsServer(boost::asio::io_context& io, std::function<std::string()> page);

  // Takes the port; 0 for any free one, which is returned. Answers come once the io_context runs.
  [[nodiscard]] Result<std::uint16_t> listen(std::uint16_t port);

 private:
  boost::asio::awaitable<void> accept();
  boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket socket);

  boost::asio::io_context& io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::function<std::string()> page_;
  int clients_ = 0;
};

}  // namespace plimsoll::loadgen::run

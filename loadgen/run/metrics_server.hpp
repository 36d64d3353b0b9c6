// The HTTP endpoint of --metrics-port: GET /metrics while a run goes on, for a Prometheus in the
// cluster, so it listens on all addresses, IPv6 and IPv4. It keeps at most 8 connections, and none
// for longer than it takes. Errors of listen: the environment's. Thread-safety: one thread, that of
// the io_context.
#pragma once
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <string>

#include "core/http_server/server.hpp"
#include "core/result/result.hpp"

namespace plimsoll::loadgen::run {

class MetricsServer {
 public:
  // page: makes the body of an answer, once for each request.
  MetricsServer(boost::asio::io_context& io, std::function<std::string()> page);

  // Takes the port; 0 for any free one, which is returned. Answers come once the io_context runs.
  [[nodiscard]] Result<std::uint16_t> listen(std::uint16_t port);

 private:
  http_server::Server server_;
};

}  // namespace plimsoll::loadgen::run

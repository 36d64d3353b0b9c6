#include "loadgen/run/metrics_server.hpp"

#include <utility>

#include "loadgen/result/exposition.hpp"

namespace plimsoll::loadgen::run {
namespace {

using http_server::Answer;
using http_server::Request;

constexpr http_server::Limits kLimits{
    .connections = 8, .body = 0, .patience = std::chrono::seconds{30}};

Answer answer(const Request& request, const std::function<std::string()>& page) {
  if (request.path != "/metrics") return {404, "not found: the metrics are at /metrics\n"};
  if (!request.reads()) return {.status = 405, .body = "use GET\n", .allow = "GET, HEAD"};
  return {200, page(), std::string{result::kExpositionContentType}};
}

}  // namespace

MetricsServer::MetricsServer(boost::asio::io_context& io, std::function<std::string()> page)
    : server_(io, kLimits,
              [page = std::move(page)](const Request& request) { return answer(request, page); }) {}

Result<std::uint16_t> MetricsServer::listen(std::uint16_t port) {
  auto taken = server_.listen(port);
  if (!taken) {
    auto error = taken.error();
    error.message =
        "cannot serve metrics: " + error.message + "; choose another --metrics-port, or 0";
    return error;
  }
  return taken;
}

}  // namespace plimsoll::loadgen::run

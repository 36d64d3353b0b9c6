#include "scenarios/engine/receiver/receiver.hpp"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <charconv>
#include <chrono>
#include <csignal>
#include <string>

#include "core/http_server/server.hpp"
#include "scenarios/engine/log/wall_time.hpp"
#include "scenarios/engine/receiver/inbox.hpp"

namespace plimsoll::engine::receiver {
namespace asio = boost::asio;

namespace {

using http_server::Answer;
using http_server::Request;

constexpr http_server::Limits kLimits{.body = 8U << 20U, .patience = std::chrono::seconds{120}};

std::string now_text() { return log::format_wall_time(std::chrono::system_clock::now()); }

// The value of a key in "after=3&instance=x", empty where it is not there.
std::string_view query_value(std::string_view query, std::string_view key) {
  for (auto rest = query; !rest.empty();) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (pair.starts_with(key) && pair.size() > key.size() && pair[key.size()] == '=')
      return pair.substr(key.size() + 1);
  }
  return {};
}

Answer json(std::string body) { return {200, std::move(body), "application/json"}; }

Answer refusal(unsigned status, const std::string& reason) {
  return {status, reason + "\n", "text/plain"};
}

Answer handle_deliveries(const Request& request, const Inbox& inbox) {
  const auto after = query_value(request.query, "after");
  std::uint64_t seq = 0;
  const auto parsed = std::from_chars(after.data(), after.data() + after.size(), seq);
  if (!after.empty() && (parsed.ec != std::errc{} || parsed.ptr != after.data() + after.size()))
    return refusal(400, "after is not a number");
  return {200, inbox.lines(seq, query_value(request.query, "instance")), "application/jsonl"};
}

Answer handle(const Request& request, Inbox& inbox, bool quiet) {
  if (request.path == "/alerts" && request.method == "POST") {
    const auto seq = inbox.accept(request.body, now_text());
    if (!seq) return refusal(400, seq.error().message);
    if (!quiet) {
      fmt::print("{}", inbox.lines(*seq - 1, {}));
      std::fflush(stdout);
    }
    return json(fmt::format("{{\"seq\":{}}}\n", *seq));
  }
  if (request.path == "/deliveries" && request.reads()) return handle_deliveries(request, inbox);
  if (request.path == "/health" && request.reads()) return json(inbox.health() + "\n");
  if (request.path == "/alerts" || request.path == "/deliveries" || request.path == "/health")
    return refusal(405, "method not allowed");
  return refusal(404, "not found; there is POST /alerts, GET /deliveries?after=SEQ, GET /health");
}

}  // namespace

Result<void> run_receiver(const ReceiverOptions& options,
                          const std::function<void(std::uint16_t)>& on_listening) {
  asio::io_context io{1};
  Inbox inbox{now_text()};
  http_server::Server server{
      io, kLimits, [&](const Request& request) { return handle(request, inbox, options.quiet); }};
  const auto port = server.listen(options.port);
  if (!port) return port.error();
  asio::signal_set signals{io, SIGINT, SIGTERM};
  signals.async_wait([&io](const boost::system::error_code&, int) { io.stop(); });
  if (on_listening) on_listening(*port);
  io.run();
  return {};
}

}  // namespace plimsoll::engine::receiver

#include "scenarios/engine/receiver/receiver.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <chrono>
#include <csignal>
#include <string>

#include "scenarios/engine/log/wall_time.hpp"
#include "scenarios/engine/receiver/inbox.hpp"

namespace plimsoll::engine::receiver {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;

namespace {

using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;
constexpr std::size_t kLargestBody = 8U << 20U;
constexpr auto kIdle = 120s;

std::string now_text() { return log::format_wall_time(std::chrono::system_clock::now()); }

// The value of a key in "after=3&instance=x", empty where it is not there.
std::string_view query_value(std::string_view target, std::string_view key) {
  const auto mark = target.find('?');
  if (mark == std::string_view::npos) return {};
  for (auto rest = target.substr(mark + 1); !rest.empty();) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (pair.starts_with(key) && pair.size() > key.size() && pair[key.size()] == '=')
      return pair.substr(key.size() + 1);
  }
  return {};
}

Response answer(const Request& request, http::status status, std::string body,
                const char* type = "application/json") {
  Response response{status, request.version()};
  response.set(http::field::content_type, type);
  response.body() = std::move(body);
  response.keep_alive(request.keep_alive());
  response.prepare_payload();
  return response;
}

Response refusal(const Request& request, http::status status, const std::string& reason) {
  return answer(request, status, reason + "\n", "text/plain");
}

Response handle_deliveries(const Request& request, std::string_view target, const Inbox& inbox) {
  const auto after = query_value(target, "after");
  std::uint64_t seq = 0;
  const auto parsed = std::from_chars(after.data(), after.data() + after.size(), seq);
  if (!after.empty() && (parsed.ec != std::errc{} || parsed.ptr != after.data() + after.size()))
    return refusal(request, http::status::bad_request, "after is not a number");
  return answer(request, http::status::ok, inbox.lines(seq, query_value(target, "instance")),
                "application/jsonl");
}

Response handle(const Request& request, Inbox& inbox, bool quiet) {
  const std::string_view target{request.target().data(), request.target().size()};
  const auto path = target.substr(0, target.find('?'));
  const bool get = request.method() == http::verb::get || request.method() == http::verb::head;
  if (path == "/alerts" && request.method() == http::verb::post) {
    const auto seq = inbox.accept(request.body(), now_text());
    if (!seq) return refusal(request, http::status::bad_request, seq.error().message);
    if (!quiet) {
      fmt::print("{}", inbox.lines(*seq - 1, {}));
      std::fflush(stdout);
    }
    return answer(request, http::status::ok, fmt::format("{{\"seq\":{}}}\n", *seq));
  }
  if (path == "/deliveries" && get) return handle_deliveries(request, target, inbox);
  if (path == "/health" && get) return answer(request, http::status::ok, inbox.health() + "\n");
  if (path == "/alerts" || path == "/deliveries" || path == "/health")
    return refusal(request, http::status::method_not_allowed, "method not allowed");
  return refusal(request, http::status::not_found,
                 "not found; there is POST /alerts, GET /deliveries?after=SEQ, GET /health");
}

asio::awaitable<void> serve(tcp::socket socket, Inbox* inbox, bool quiet) {
  beast::tcp_stream stream{std::move(socket)};
  beast::flat_buffer buffer;
  error_code ec;
  for (bool keep = true; keep;) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(kLargestBody);
    stream.expires_after(kIdle);
    co_await http::async_read(stream, buffer, parser,
                              asio::redirect_error(asio::use_awaitable, ec));
    if (ec && ec != http::error::body_limit) break;
    Response response =
        ec ? refusal(parser.get(), http::status::payload_too_large, "the body is too large")
           : handle(parser.get(), *inbox, quiet);
    if (ec) response.keep_alive(false);
    keep = response.keep_alive();
    if (parser.get().method() == http::verb::head) response.body().clear();
    co_await http::async_write(stream, response, asio::redirect_error(asio::use_awaitable, ec));
    if (ec) break;
  }
  stream.socket().shutdown(tcp::socket::shutdown_send, ec);
}

asio::awaitable<void> accept_all(tcp::acceptor* acceptor, Inbox* inbox, bool quiet) {
  for (;;) {
    error_code ec;
    tcp::socket socket{acceptor->get_executor()};
    co_await acceptor->async_accept(socket, asio::redirect_error(asio::use_awaitable, ec));
    if (ec == asio::error::operation_aborted) co_return;
    if (ec) continue;  // the peer went away, or descriptors ran out for a moment
    // One broken connection never ends the receiver.
    asio::co_spawn(acceptor->get_executor(), serve(std::move(socket), inbox, quiet),
                   [](const std::exception_ptr&) {});
  }
}

Result<void> listen(tcp::acceptor& acceptor, std::uint16_t port) {
  error_code ec;
  tcp::endpoint endpoint{tcp::v6(), port};  // v6 takes v4 too
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) {
    acceptor.set_option(asio::ip::v6_only{false}, ec);
  } else {
    endpoint = {tcp::v4(), port};
    acceptor.open(endpoint.protocol(), ec);
  }
  if (!ec) acceptor.set_option(tcp::acceptor::reuse_address{true}, ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (ec) return unavailable(fmt::format("cannot listen on port {}: {}", port, ec.message()));
  return {};
}

}  // namespace

Result<void> run_receiver(const ReceiverOptions& options,
                          const std::function<void(std::uint16_t)>& on_listening) {
  asio::io_context io{1};
  tcp::acceptor acceptor{io};
  if (const auto listening = listen(acceptor, options.port); !listening) return listening.error();
  Inbox inbox{now_text()};
  asio::signal_set signals{io, SIGINT, SIGTERM};
  signals.async_wait([&io](const error_code&, int) { io.stop(); });
  if (on_listening) on_listening(acceptor.local_endpoint().port());
  asio::co_spawn(io, accept_all(&acceptor, &inbox, options.quiet), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  io.run();
  return {};
}

}  // namespace plimsoll::engine::receiver

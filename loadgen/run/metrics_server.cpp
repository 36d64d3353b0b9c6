#include "loadgen/run/metrics_server.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <optional>
#include <utility>

#include "loadgen/result/exposition.hpp"

namespace plimsoll::loadgen::run {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using namespace std::chrono_literals;
namespace {

constexpr int kMostClients = 8;
constexpr std::uint32_t kLongestHead = 8U << 10U;
constexpr auto kAcceptPause = 100ms;
// From one request of a kept connection to the next, too; Prometheus opens another when it is over.
constexpr auto kPatience = 30s;

// A scrape that goes wrong is the scraper's to notice; the load goes on.
void leave(const std::exception_ptr&) {}

http::response<http::string_body> answer(const http::request<http::empty_body>& request,
                                         const std::function<std::string()>& page) {
  http::response<http::string_body> response{http::status::ok, request.version()};
  const auto target = request.target();
  const auto path = target.substr(0, target.find('?'));
  response.set(http::field::content_type, "text/plain; charset=utf-8");
  if (path != "/metrics") {
    response.result(http::status::not_found);
    response.body() = "not found: the metrics are at /metrics\n";
  } else if (request.method() != http::verb::get && request.method() != http::verb::head) {
    response.result(http::status::method_not_allowed);
    response.set(http::field::allow, "GET, HEAD");
    response.body() = "use GET\n";
  } else {
    response.set(http::field::content_type,
                 boost::beast::string_view(result::kExpositionContentType.data(),
                                           result::kExpositionContentType.size()));
    response.body() = page();
  }
  response.keep_alive(request.keep_alive());
  response.prepare_payload();
  return response;
}

}  // namespace

MetricsServer::MetricsServer(asio::io_context& io, std::function<std::string()> page)
    : io_(io), acceptor_(io), page_(std::move(page)) {}

Result<std::uint16_t> MetricsServer::listen(std::uint16_t port) {
  boost::system::error_code error;
  // One socket for both families; where there is no IPv6, one for IPv4.
  for (const auto& address : {asio::ip::address{asio::ip::address_v6::any()},
                              asio::ip::address{asio::ip::address_v4::any()}}) {
    const tcp::endpoint endpoint{address, port};
    acceptor_.close(error);
    error = {};
    acceptor_.open(endpoint.protocol(), error);
    if (error) continue;
    if (address.is_v6()) acceptor_.set_option(asio::ip::v6_only{false}, error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address{true}, error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(kMostClients, error);
    if (!error || error == asio::error::address_in_use) break;
  }
  if (error)
    return unavailable(
        fmt::format("cannot serve metrics on port {}: {}; choose another --metrics-port, or 0",
                    port, error.message()));
  asio::co_spawn(io_, accept(), leave);
  return acceptor_.local_endpoint().port();
}

asio::awaitable<void> MetricsServer::accept() {
  for (;;) {
    tcp::socket socket{io_};
    boost::system::error_code error;
    co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) co_return;
    if (error) {  // out of descriptors: trying again at once would only burn CPU
      asio::steady_timer pause{io_, kAcceptPause};
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
    } else if (clients_ < kMostClients) {
      asio::co_spawn(io_, serve(std::move(socket)), leave);
    }
  }
}

asio::awaitable<void> MetricsServer::serve(tcp::socket socket) {
  ++clients_;
  boost::beast::tcp_stream stream{std::move(socket)};
  boost::beast::flat_buffer buffer{2 * kLongestHead};
  boost::system::error_code error;
  for (bool more = true; more && !error;) {
    stream.expires_after(kPatience);
    http::request_parser<http::empty_body> parser;
    parser.header_limit(kLongestHead);
    co_await http::async_read(stream, buffer, parser,
                              asio::redirect_error(asio::use_awaitable, error));
    if (error) break;
    const auto response = answer(parser.get(), page_);
    more = response.keep_alive();
    if (parser.get().method() == http::verb::head) {
      http::response_serializer<http::string_body> head{response};
      co_await http::async_write_header(stream, head,
                                        asio::redirect_error(asio::use_awaitable, error));
    } else {
      co_await http::async_write(stream, response,
                                 asio::redirect_error(asio::use_awaitable, error));
    }
  }
  --clients_;
}

}  // namespace plimsoll::loadgen::run

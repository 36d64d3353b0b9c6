#include "core/http_server/server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <exception>
#include <utility>

#include "core/http_server/listen.hpp"

namespace plimsoll::http_server {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using HttpRequest = http::request<http::string_body>;
using HttpResponse = http::response<http::string_body>;

constexpr std::uint32_t kLongestHead = 8U << 10U;
constexpr std::chrono::milliseconds kAcceptPause{100};

// What goes wrong on one connection is its client's to notice.
void ignore(const std::exception_ptr&) {}

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

Answer answer_of(const HttpRequest& request, const Server::Handler& handler) {
  const auto target = view(request.target());
  const auto mark = target.find('?');
  Request seen;
  seen.method = view(request.method_string());
  seen.path = target.substr(0, mark);
  if (mark != std::string_view::npos) seen.query = target.substr(mark + 1);
  seen.body = request.body();
  return handler(seen);
}

HttpResponse response_of(const HttpRequest& request, Answer answer, bool keep) {
  HttpResponse response{static_cast<http::status>(answer.status), request.version()};
  response.set(http::field::content_type, answer.content_type);
  if (!answer.allow.empty()) response.set(http::field::allow, answer.allow);
  response.body() = std::move(answer.body);
  response.keep_alive(keep);
  response.prepare_payload();
  return response;
}

}  // namespace

Server::Server(asio::io_context& io, const Limits& limits, Handler handler)
    : io_(io), acceptor_(io), limits_(limits), handler_(std::move(handler)) {}

Result<std::uint16_t> Server::listen(std::uint16_t port) {
  const auto taken = http_server::listen(acceptor_, port);
  if (taken) asio::co_spawn(io_, accept(), ignore);
  return taken;
}

asio::awaitable<void> Server::accept() {
  for (;;) {
    tcp::socket socket{io_};
    error_code error;
    co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) co_return;
    if (error) {  // out of descriptors: trying again at once would only burn CPU
      asio::steady_timer pause{io_, kAcceptPause};
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
    } else if (connections_ < limits_.connections) {
      asio::co_spawn(io_, serve(std::move(socket)), [this](const std::exception_ptr& failure) {
        --connections_;
        ignore(failure);
      });
      ++connections_;
    }
  }
}

asio::awaitable<void> Server::serve(tcp::socket socket) {
  boost::beast::tcp_stream stream{std::move(socket)};
  boost::beast::flat_buffer buffer;
  error_code error;
  for (bool keep = true; keep && !error;) {
    stream.expires_after(limits_.patience);
    http::request_parser<http::string_body> parser;
    parser.header_limit(kLongestHead);
    parser.body_limit(limits_.body);
    co_await http::async_read(stream, buffer, parser,
                              asio::redirect_error(asio::use_awaitable, error));
    const bool too_large = error == http::error::body_limit;
    if (error && !too_large) break;
    const auto& request = parser.get();
    keep = !too_large && request.keep_alive();
    auto answer = too_large ? Answer{413, "the body is too large\n"} : answer_of(request, handler_);
    const auto response = response_of(request, std::move(answer), keep);
    if (request.method() == http::verb::head) {
      http::response_serializer<http::string_body> head{response};
      co_await http::async_write_header(stream, head,
                                        asio::redirect_error(asio::use_awaitable, error));
    } else {
      co_await http::async_write(stream, response,
                                 asio::redirect_error(asio::use_awaitable, error));
    }
  }
  stream.socket().shutdown(tcp::socket::shutdown_send, error);
}

}  // namespace plimsoll::http_server

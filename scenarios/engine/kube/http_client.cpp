#include "scenarios/engine/kube/http_client.hpp"

#include <fmt/format.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <utility>
#include <vector>

namespace plimsoll::engine::kube {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Stream = beast::basic_stream<asio::local::stream_protocol>;

struct HttpClient::Pool {
  struct Connection {
    explicit Connection(const asio::any_io_executor& executor) : stream(executor) {}
    Stream stream;
    beast::flat_buffer buffer;
  };
  asio::any_io_executor executor;
  std::string path;
  std::vector<std::unique_ptr<Connection>> idle;
};

namespace {

struct Outcome {
  error_code ec;
  HttpResponse response;
  bool keep = false;
};

asio::awaitable<Outcome> exchange(Stream* stream, beast::flat_buffer* buffer,
                                  const HttpRequest* request) {
  http::request<http::string_body> message;
  message.method_string(request->method);
  message.target(request->target);
  message.version(11);
  message.set(http::field::host, "localhost");  // the only host name that kubectl proxy accepts
  message.set(http::field::user_agent, "plimsoll/" PLIMSOLL_VERSION);
  if (!request->body.empty()) {
    message.set(http::field::content_type, request->content_type);
    message.body() = request->body;
  }
  message.prepare_payload();

  Outcome outcome;
  stream->expires_after(request->timeout);
  co_await http::async_write(*stream, message,
                             asio::redirect_error(asio::use_awaitable, outcome.ec));
  if (outcome.ec) co_return outcome;
  http::response_parser<http::string_body> parser;
  parser.body_limit(request->max_body);
  co_await http::async_read(*stream, *buffer, parser,
                            asio::redirect_error(asio::use_awaitable, outcome.ec));
  if (outcome.ec) co_return outcome;
  outcome.keep = parser.get().keep_alive();
  outcome.response.status = static_cast<int>(parser.get().result_int());
  outcome.response.body = std::move(parser.get().body());
  co_return outcome;
}

Error failed(const HttpRequest& request, const error_code& ec) {
  const std::string reason =
      ec == beast::error::timeout ? fmt::format("no answer within {} ms", request.timeout.count())
      : ec == http::error::body_limit
          ? fmt::format("the answer is larger than {} bytes", request.max_body)
          : ec.message();
  return unavailable(fmt::format("{} {}: {}", request.method, request.target, reason));
}

}  // namespace

HttpClient::HttpClient(asio::any_io_executor executor, std::string socket_path)
    : pool_(std::make_shared<Pool>(Pool{std::move(executor), std::move(socket_path), {}})) {}
HttpClient::~HttpClient() = default;

asio::awaitable<Result<HttpResponse>> HttpClient::send(HttpRequest request) {
  const auto pool = pool_;
  for (;;) {
    const bool kept = !pool->idle.empty();
    std::unique_ptr<Pool::Connection> connection;
    if (kept) {
      connection = std::move(pool->idle.back());
      pool->idle.pop_back();
    } else {
      connection = std::make_unique<Pool::Connection>(pool->executor);
      connection->stream.expires_after(request.timeout);
      error_code ec;
      co_await connection->stream.async_connect(asio::local::stream_protocol::endpoint{pool->path},
                                                asio::redirect_error(asio::use_awaitable, ec));
      if (ec) co_return failed(request, ec);
    }
    auto outcome = co_await exchange(&connection->stream, &connection->buffer, &request);
    if (!outcome.ec) {
      connection->stream.expires_never();
      if (outcome.keep) pool->idle.push_back(std::move(connection));
      co_return std::move(outcome.response);
    }
    const bool closed_meanwhile = outcome.ec != beast::error::timeout;
    if (!kept || !closed_meanwhile || request.method != "GET")
      co_return failed(request, outcome.ec);
  }
}

}  // namespace plimsoll::engine::kube

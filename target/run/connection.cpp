#include "target/run/connection.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <iterator>
#include <utility>

#include "target/endpoints/endpoints.hpp"
#include "target/logging/trace.hpp"

namespace plimsoll::target::run {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr std::size_t kMostUnsent = 64U << 10U;
constexpr std::size_t kMostLingering = 1U << 20U;
constexpr auto kWriteTimeout = 30s;
constexpr auto kLinger = 2s;

// "10.0.0.7:41000", "[fd00::7]:41000"; an IPv4 address inside an IPv6 one is shown as IPv4.
std::string endpoint_text(const asio::ip::tcp::endpoint& endpoint) {
  const auto address = endpoint.address();
  if (address.is_v4()) return fmt::format("{}:{}", address.to_string(), endpoint.port());
  const auto v6 = address.to_v6();
  if (!v6.is_v4_mapped()) return fmt::format("[{}]:{}", v6.to_string(), endpoint.port());
  const auto v4 = asio::ip::make_address_v4(asio::ip::v4_mapped, v6);
  return fmt::format("{}:{}", v4.to_string(), endpoint.port());
}

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

// Views are into the reader's message: valid until its next().
struct Connection::Request {
  const endpoints::Route* route = &endpoints::route_of(endpoints::Endpoint::kOther);
  std::string_view method;
  endpoints::Address address;
  std::string_view request_id;
  std::string_view traceparent;
  bool head = false;
  bool http_1_0 = false;
  loop::SteadyClock::time_point begin = loop::SteadyClock::now();
};

Connection::Connection(loop::Socket socket, IoThread& thread)
    : socket_{std::move(socket)}, thread_{thread} {
  boost::system::error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
  remote_ = endpoint_text(socket_.remote_endpoint(ignored));
  thread_.add(*this);
}

void Connection::expire() {
  expired_ = true;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

void Connection::close_if_idle() {
  if (idle_ && nothing_came()) expire();
}

bool Connection::nothing_came() {
  boost::system::error_code error;
  return socket_.available(error) == 0;
}

loop::Awaitable<void> Connection::serve() {
  while (keep_) {
    const auto state = reader_.parse();
    if (state == http::RequestReader::State::kRefused) {
      refuse(reader_.refusal(), reader_.refusal_reason());
      break;
    }
    if (state == http::RequestReader::State::kComplete) {
      co_await answer();
      reader_.next();
      if (out_.size() < kMostUnsent) continue;
    } else if (reader_.wants_continue()) {
      out_ += "HTTP/1.1 100 Continue\r\n\r\n";
    }
    if (!out_.empty() && !co_await flush()) co_return;
    if (state == http::RequestReader::State::kIncomplete && !co_await read()) break;
  }
  if (out_.empty() || co_await flush()) co_await close();
}

// False: nothing more is to be read; what is to be said about that is in out_.
loop::Awaitable<bool> Connection::read() {
  idle_ = !reader_.started();
  if (idle_) {
    if (thread_.closing() && nothing_came()) co_return false;
    receiving_ = false;
    deadline_ = loop::SteadyClock::now() + thread_.options.idle_timeout;
    reader_.shrink();
  } else if (!receiving_) {
    receiving_ = true;
    deadline_ = loop::SteadyClock::now() + thread_.options.header_timeout;
  }
  boost::system::error_code error;
  const auto bytes = co_await socket_.async_read_some(
      reader_.prepare(), asio::redirect_error(loop::use_awaitable, error));
  idle_ = false;
  if (!error) {
    expired_ = false;
    reader_.commit(bytes);
    co_return true;
  }
  if (expired_ && reader_.started()) refuse(408, "the request did not arrive in time");
  co_return false;
}

loop::Awaitable<bool> Connection::flush() {
  boost::system::error_code error;
  auto sent = socket_.write_some(asio::buffer(out_), error);
  if (error == asio::error::would_block) error = {};
  if (!error && sent < out_.size()) {
    deadline_ = loop::SteadyClock::now() + kWriteTimeout;
    co_await asio::async_write(socket_, asio::buffer(out_) + sent,
                               asio::redirect_error(loop::use_awaitable, error));
    receiving_ = false;
  }
  if (out_.capacity() > kMostUnsent)
    out_ = {};
  else
    out_.clear();
  co_return !error;
}

// Closing with unread bytes would send a reset, and the client might lose the last answer: so it is
// told that nothing more comes, and what it still sends is read for a while.
loop::Awaitable<void> Connection::close() {
  boost::system::error_code error;
  socket_.shutdown(loop::Socket::shutdown_send, error);
  deadline_ = loop::SteadyClock::now() + kLinger;
  std::array<char, 4096> bytes;
  for (std::size_t total = 0; !error && total < kMostLingering;) {
    total += co_await socket_.async_read_some(asio::buffer(bytes),
                                              asio::redirect_error(loop::use_awaitable, error));
  }
}

loop::Awaitable<void> Connection::answer() {
  deadline_ = loop::SteadyClock::time_point::max();
  receiving_ = false;
  const auto& message = reader_.message();
  const auto address = endpoints::split_address(view(message.target()));
  const Request request{.route = &endpoints::route_of(address.path),
                        .method = view(message.method_string()),
                        .address = address,
                        .request_id = view(message["X-Request-ID"]),
                        .traceparent = view(message["traceparent"]),
                        .head = message.method() == boost::beast::http::verb::head,
                        .http_1_0 = message.version() < 11};
  keep_ = reader_.keep_alive();
  auto& service = thread_.service;
  const bool observed = request.route->observed;
  if (observed) service.requests.started();
  const endpoints::Call call{request.route->endpoint, address.path, address.query};
  http::Answer answer;
  if (!endpoints::allows(*request.route, message.method()) &&
      call.endpoint != endpoints::Endpoint::kOther) {
    answer = http::refusal(405, "this endpoint does not allow that method");
    answer.allow = endpoints::allowed_methods(*request.route);
  } else if (endpoints::is_slow(call.endpoint)) {
    answer = co_await endpoints::slow_answer(call, service, thread_.io());
  } else {
    answer = endpoints::quick_answer(call, service);
  }
  if (service.draining()) keep_ = false;
  append(answer, request);
  record(request, answer);
  if (observed) service.requests.finished();
}

void Connection::refuse(unsigned status, std::string_view reason) {
  keep_ = false;
  const Request request;
  const auto answer = http::refusal(status, reason);
  append(answer, request);
  record(request, answer);
}

void Connection::append(const http::Answer& answer, const Request& request) {
  const auto header = [this](std::string_view key, std::string_view value) {
    out_ += key;
    out_ += value;
    out_ += "\r\n";
  };
  fmt::format_to(std::back_inserter(out_), "HTTP/1.1 {} {}\r\nDate: {}\r\n", answer.status,
                 http::reason_phrase(answer.status), thread_.date.text(logging::WallClock::now()));
  if (http::has_body(answer.status)) {
    fmt::format_to(std::back_inserter(out_), "Content-Type: {}\r\nContent-Length: {}\r\n",
                   answer.content_type, answer.body.size());
  }
  if (!answer.allow.empty()) header("Allow: ", answer.allow);
  if (const auto& pod = thread_.options.pod_name; !pod.empty()) header("X-Pod: ", pod);
  if (answer.retry_later) header("Retry-After: ", "1");
  if (!request.request_id.empty()) header("X-Request-ID: ", request.request_id);
  if (!logging::trace_id(request.traceparent).empty()) header("traceparent: ", request.traceparent);
  if (!keep_)
    header("Connection: ", "close");
  else if (request.http_1_0)
    header("Connection: ", "keep-alive");
  out_ += "\r\n";
  if (http::has_body(answer.status) && !request.head) out_ += answer.body;
}

void Connection::record(const Request& request, const http::Answer& answer) {
  const auto duration = loop::SteadyClock::now() - request.begin;
  if (request.route->observed)
    thread_.service.requests.answered(request.route->endpoint, answer.status, duration);
  const auto level = !request.route->observed ? logging::LogLevel::kDebug
                     : answer.status >= 500   ? logging::LogLevel::kError
                     : answer.status >= 400   ? logging::LogLevel::kWarn
                                              : logging::LogLevel::kInfo;
  if (!thread_.service.log.wants(level)) return;
  thread_.log.add(
      {.time = logging::WallClock::now(),
       .level = level,
       .method = request.method,
       .path = request.address.path,
       .query = request.address.query,
       .status = answer.status,
       .duration = duration,
       .bytes = http::has_body(answer.status) && !request.head ? answer.body.size() : 0,
       .remote = remote_,
       .correlation_id = logging::correlation_id(request.request_id, request.traceparent),
       .trace_id = logging::trace_id(request.traceparent)});
}

}  // namespace plimsoll::target::run

// A small HTTP server for programs that serve a page or two beside their work: one thread, bounded
// heads, bodies, numbers of connections and times. Home of Boost.Beast's server. Thread-safety: one
// thread, that of the io_context; destroy it when the io_context does not run any more.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/result/result.hpp"

namespace plimsoll::http_server {

// Valid until the answer is made.
struct Request {
  std::string_view method;  // "GET"
  std::string_view path;    // without the query
  std::string_view query;   // without its '?'
  std::string_view body;

  [[nodiscard]] bool reads() const noexcept { return method == "GET" || method == "HEAD"; }
};

struct Answer {
  unsigned status = 200;
  std::string body = {};
  std::string content_type = "text/plain; charset=utf-8";
  std::string allow = {};  // for 405
};

struct Limits {
  int connections = 1024;             // more are closed at once
  std::size_t body = 0;               // bytes; a larger one is answered with 413
  std::chrono::seconds patience{30};  // for a request, from the one before it on
};

class Server {
 public:
  using Handler = std::function<Answer(const Request&)>;

  Server(boost::asio::io_context& io, const Limits& limits, Handler handler);

  // Takes the port; 0 for any free one, which is returned. Answers come once the io_context runs.
  [[nodiscard]] Result<std::uint16_t> listen(std::uint16_t port);

 private:
  boost::asio::awaitable<void> accept();
  boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket socket);

  boost::asio::io_context& io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  const Limits limits_;
  const Handler handler_;
  int connections_ = 0;
};

}  // namespace plimsoll::http_server

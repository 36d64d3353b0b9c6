#include "core/http_server/server.hpp"

#include <gtest/gtest.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <thread>

namespace plimsoll::http_server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// Repeats what it gets, on a thread of its own.
class Running {
 public:
  explicit Running(const Limits& limits)
      : server_{io_, limits,
                [](const Request& request) {
                  return Answer{200, std::string{request.method} + " " + std::string{request.path} +
                                         " " + std::string{request.query} + " " +
                                         std::string{request.body}};
                }},
        port_{server_.listen(0)},
        thread_{[this] { io_.run(); }} {}
  ~Running() {
    io_.stop();
    thread_.join();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  [[nodiscard]] std::uint16_t port() const { return *port_; }

  // All that the server says until it closes.
  [[nodiscard]] std::string ask(
      std::string_view text, const asio::ip::address& address = asio::ip::address_v4::loopback()) {
    asio::io_context io;
    tcp::socket socket{io};
    socket.connect({address, port()});
    asio::write(socket, asio::buffer(text));
    std::string answer;
    boost::system::error_code error;
    asio::read(socket, asio::dynamic_buffer(answer), error);
    return answer;
  }

 private:
  asio::io_context io_;
  Server server_;
  Result<std::uint16_t> port_;
  std::thread thread_;
};

bool ends_with_body(const std::string& answer, std::string_view body) {
  return answer.ends_with("\r\n\r\n" + std::string{body});
}

TEST(ServerTest, HandsOverMethodPathQueryAndBody) {
  Running server{{.body = 100}};
  const auto answer = server.ask(
      "POST /a?b=c HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
  EXPECT_TRUE(ends_with_body(answer, "POST /a b=c hi")) << answer;
}

TEST(ServerTest, KeepsAConnectionAndLeavesTheBodyOutForHead) {
  Running server{{}};
  const auto answer = server.ask(
      "HEAD /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_NE(answer.find("Content-Length: 9\r\n\r\nHTTP/1.1 200 OK"), std::string::npos) << answer;
  EXPECT_TRUE(ends_with_body(answer, "GET /b  ")) << answer;
}

TEST(ServerTest, RefusesABodyThatIsTooLargeAndCloses) {
  Running server{{.body = 3}};
  const auto answer = server.ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nlong");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << answer;
  EXPECT_NE(answer.find("Connection: close"), std::string::npos) << answer;
}

TEST(ServerTest, ClosesConnectionsBeyondTheMost) {
  Running server{{.connections = 0}};
  EXPECT_EQ(server.ask(""), "");
}

TEST(ServerTest, IsReachedByIpv4AndIpv6) {
  Running server{{}};
  boost::system::error_code no_ipv6;
  asio::io_context io;
  tcp::acceptor probe{io};
  probe.open(tcp::v6(), no_ipv6);
  if (!no_ipv6) probe.bind({asio::ip::address_v6::loopback(), 0}, no_ipv6);
  if (no_ipv6) GTEST_SKIP() << "no IPv6 here";
  const auto answer = server.ask("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                                 asio::ip::address_v6::loopback());
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
}

TEST(ServerTest, SaysWhichPortItCannotHave) {
  Running server{{}};
  asio::io_context io;
  Server other{io, {}, [](const Request&) { return Answer{}; }};
  const auto taken = other.listen(server.port());
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().message,
            "cannot listen on port " + std::to_string(server.port()) + ": Address already in use");
}

}  // namespace
}  // namespace plimsoll::http_server

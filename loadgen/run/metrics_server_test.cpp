// The metrics endpoint over real sockets, while a run goes on.
#include "loadgen/run/metrics_server.hpp"

#include <gtest/gtest.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <future>

#include "loadgen/testing/whole_run.hpp"

namespace plimsoll::loadgen::run {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// Everything the server says to this until it closes.
std::string ask(std::uint16_t port, const std::string& request) {
  asio::io_context io;
  tcp::socket socket(io);
  socket.connect({asio::ip::address_v4::loopback(), port});
  boost::system::error_code until_closed;
  asio::write(socket, asio::buffer(request), until_closed);
  std::string answer;
  asio::read(socket, asio::dynamic_buffer(answer), until_closed);
  return answer;
}

// What a request gets that is made while the only request of a run waits for its answer.
std::string during_a_run(const std::string& request) {
  std::promise<std::uint16_t> port;
  std::string answer;
  testing::ScriptedServer server([&](testing::ScriptedServer::Peer& peer) {
    if (!peer.read_request()) return;
    answer = ask(port.get_future().get(), request);
    peer.send(testing::response(200, ""));
    peer.drain();
  });
  RunSettings settings;
  settings.metrics_port = 0;
  settings.metrics_ready = [&port](std::uint16_t taken) { port.set_value(taken); };
  const auto plan = make_plan(closed_loop(server, 1));
  const auto result = run(*plan, settings);
  EXPECT_TRUE(result);
  EXPECT_EQ(result->totals.counts.completed, 1u);
  return answer;
}

TEST(MetricsServerTest, AnswersWhileTheRunGoesOn) {
  const auto answer = during_a_run("GET /metrics HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_NE(answer.find("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"),
            std::string::npos)
      << answer;
  EXPECT_NE(answer.find("\nplimsoll_loadgen_requests_total{state=\"sent\"} "), std::string::npos);
}

TEST(MetricsServerTest, KeepsAConnectionForTheNextScrape) {
  const auto answer = during_a_run(
      "GET /metrics?x=1 HTTP/1.1\r\nHost: h\r\n\r\n"
      "GET /metrics HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const auto second = answer.find("HTTP/1.1 200 OK", 1);
  EXPECT_NE(second, std::string::npos) << answer;
}

TEST(MetricsServerTest, HeadHasNoBody) {
  const auto answer = during_a_run("HEAD /metrics HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST(MetricsServerTest, RefusesWhatItDoesNotServe) {
  EXPECT_TRUE(during_a_run("GET / HTTP/1.0\r\n\r\n").starts_with("HTTP/1.0 404"));
  EXPECT_TRUE(during_a_run("POST /metrics HTTP/1.1\r\nContent-Length: 0\r\nConnection: close\r\n"
                           "\r\n")
                  .starts_with("HTTP/1.1 405"));
  EXPECT_EQ(during_a_run("no HTTP at all\r\n\r\n"), "");
  EXPECT_EQ(during_a_run("GET /metrics HTTP/1.1\r\nX: " + std::string(100'000, 'x')), "");
}

TEST(MetricsServerTest, APortInUseEndsTheRunBeforeAnythingIsSent) {
  asio::io_context io;
  tcp::acceptor other(io, tcp::endpoint{tcp::v4(), 0});
  testing::ScriptedServer server(testing::always(testing::response(200, "")));
  RunSettings settings;
  settings.metrics_port = other.local_endpoint().port();
  const auto plan = make_plan(closed_loop(server, 1));
  const auto result = run(*plan, settings);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().category, ErrorCategory::kUnavailable);
  EXPECT_NE(result.error().message.find("Address already in use"), std::string::npos)
      << result.error().message;
  EXPECT_EQ(server.connections(), 0u);
}

}  // namespace
}  // namespace plimsoll::loadgen::run

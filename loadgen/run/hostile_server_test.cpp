// The rest of what a server may do to an HTTP/1.1 client: the table in docs/loadgen.md.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>

#include "loadgen/testing/whole_run.hpp"

namespace plimsoll::loadgen::run {
namespace {

using namespace std::chrono_literals;
using Peer = testing::ScriptedServer::Peer;

// A port whose accept queue is full, so that the kernel drops what comes.
class DeafPort {
 public:
  DeafPort() {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address_), sizeof address_);
    ::listen(listener_, 0);
    socklen_t size = sizeof address_;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address_), &size);
    for (auto& filler : fillers_) {
      filler = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      ::connect(filler, reinterpret_cast<sockaddr*>(&address_), sizeof address_);
    }
  }
  ~DeafPort() {
    for (const int filler : fillers_) ::close(filler);
    ::close(listener_);
  }
  [[nodiscard]] std::uint16_t port() const { return ntohs(address_.sin_port); }

 private:
  int listener_ = -1;
  sockaddr_in address_{};
  std::array<int, 4> fillers_{};
};

TEST(HostileServerTest, AConnectThatNobodyAnswersIsAConnectTimeout) {
  const DeafPort deaf;
  plan::Options options;
  options.url = "http://127.0.0.1:" + std::to_string(deaf.port());
  options.requests = 2;
  options.connections = 1;
  options.timeout = 80ms;
  const auto result = testing::load(options);
  EXPECT_EQ(testing::errors(result, net::ErrorKind::kConnectTimeout), 2u);
  EXPECT_GE(result.totals.failed_latency.min(), 79'000'000);
}

TEST(HostileServerTest, AHeaderThatDripsForEverEndsAtTheTotalTimeout) {
  testing::ScriptedServer server([](Peer& peer) {
    if (!peer.read_request()) return;
    peer.send("HTTP/1.1 200 OK\r\nX: ");
    while (!peer.closed_within(5ms)) peer.send("x");
  });
  auto options = closed_loop(server, 1);
  options.timeout = 60ms;
  EXPECT_EQ(testing::errors(testing::load(options), net::ErrorKind::kTimeout), 1u);
}

TEST(HostileServerTest, AHeaderBelowTheLimitIsRead) {
  testing::ScriptedServer server(
      testing::always(testing::response(200, "x", "X: " + std::string(60'000, 'x') + "\r\n")));
  const auto result = testing::load(closed_loop(server, 3));
  EXPECT_EQ(result.totals.counts.completed, 3u);
  EXPECT_EQ(result.connections.opened, 1u);
}

TEST(HostileServerTest, SwitchingProtocolsUnaskedIsAProtocolErrorThatSaysSo) {
  testing::ScriptedServer server(
      testing::always("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"));
  const auto result = testing::load(closed_loop(server, 2));
  EXPECT_EQ(testing::errors(result, net::ErrorKind::kProtocol), 2u);
  EXPECT_NE(result.totals.error_details[index(net::ErrorKind::kProtocol)].find("101"),
            std::string::npos);
}

// As servers do that are tired of an idle connection: "408 Request Timeout", and the end.
TEST(HostileServerTest, WhatComesOnAnIdleConnectionIsNotAnAnswer) {
  testing::ScriptedServer server([](Peer& peer) {
    if (!peer.read_request()) return;
    peer.send(testing::response(200, "x"));
    if (peer.closed_within(30ms)) return;
    peer.send(testing::response(408, "", "Connection: close\r\n"));
    peer.finish();
  });
  plan::Options options;
  options.url = server.url();
  options.rate = units::Rate{10};
  options.duration = 500ms;
  options.connections = 1;
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.status[200], 5u);
  EXPECT_EQ(result.totals.status[408], 0u);
  EXPECT_EQ(result.totals.counts.failed, 0u);
  EXPECT_GE(result.connections.unasked, 4u);
}

class ProtocolErrorTest : public ::testing::TestWithParam<const char*> {};

TEST_P(ProtocolErrorTest, ClosesTheConnectionAndIsNeverASuccess) {
  testing::ScriptedServer server([](Peer& peer) {
    if (peer.read_request()) peer.send(GetParam());
    peer.drain();
  });
  auto options = closed_loop(server, 2);
  options.timeout = 2s;
  const auto result = testing::load(options);
  EXPECT_EQ(testing::errors(result, net::ErrorKind::kProtocol), 2u);
  EXPECT_EQ(result.totals.counts.completed, 0u);
  EXPECT_EQ(result.connections.opened, 2u);
  EXPECT_FALSE(result.totals.error_details[index(net::ErrorKind::kProtocol)].empty());
}

INSTANTIATE_TEST_SUITE_P(
    Answers, ProtocolErrorTest,
    ::testing::Values(
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 1\n\nx"));

}  // namespace
}  // namespace plimsoll::loadgen::run

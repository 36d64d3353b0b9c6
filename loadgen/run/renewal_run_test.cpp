// Whole runs whose connections are replaced while they last.
#include <filesystem>

#include "loadgen/testing/whole_run.hpp"

namespace plimsoll::loadgen::run {
namespace {

using namespace std::chrono_literals;
using Peer = testing::ScriptedServer::Peer;

// Closes after the request that says it is the last.
void polite(Peer& peer) {
  while (peer.read_request()) {
    const bool last = peer.request().find("Connection: close\r\n") != std::string::npos;
    peer.send(testing::response(200, "x", last ? "Connection: close\r\n" : ""));
    if (last) return;
  }
}

TEST(RenewalTest, NoRequestIsLostWhereAgedConnectionsAreReplaced) {
  testing::ScriptedServer server(polite);
  plan::Options options;
  options.url = server.url();
  options.rate = units::Rate{200};
  options.duration = 500ms;
  options.connections = 1;
  options.connection_age = 100ms;
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.completed, 100u);
  EXPECT_EQ(result.totals.counts.stale_retries, 0u);
  EXPECT_GE(result.connections.recycled, 2u);
  EXPECT_EQ(result.connections.opened, server.connections());
}

TEST(RenewalTest, AShareOfRequestsIsKeptAlsoWhereTheServerClosesAfterTheLast) {
  testing::ScriptedServer server(polite);
  auto options = closed_loop(server, 10);
  options.connection_requests = 3;
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.completed, 10u);
  EXPECT_EQ(result.totals.counts.failed, 0u);
  EXPECT_EQ(result.totals.counts.stale_retries, 0u);
  EXPECT_EQ(server.connections(), 4u);
  EXPECT_EQ(result.connections.recycled, 3u);
}

// The old one is not closed before the new one stands.
TEST(RenewalTest, WhereNoNewConnectionOpensTheOldOneServesOn) {
  std::string path;
  testing::ScriptedServer server(
      [&path](Peer& peer) {
        while (peer.read_request()) {
          std::filesystem::remove(path);  // nobody finds the listener any more
          peer.send(testing::response(200, "x"));
        }
      },
      {testing::ScriptedServer::Listen::kUnix, nullptr});
  path = server.path();
  plan::Options options;
  options.url = "http://localhost/";
  options.unix_socket = path;
  options.rate = units::Rate{200};
  options.duration = 500ms;
  options.connections = 1;
  options.connection_age = 50ms;
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.completed, 100u);
  EXPECT_EQ(result.totals.counts.failed, 0u);
  EXPECT_EQ(result.connections.recycled, 0u);
  EXPECT_EQ(result.connections.opened, 1u);
  EXPECT_GE(result.connections.failed, 1u);
}

TEST(RenewalTest, ThinkingConnectionsAreReplacedToo) {
  testing::ScriptedServer server(polite);
  auto options = closed_loop(server, 12, 2);
  options.connection_requests = 2;
  options.think = schedule::ThinkTime{5ms, 5ms};
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.completed, 12u);
  EXPECT_EQ(result.totals.counts.failed, 0u);
  EXPECT_EQ(result.totals.counts.stale_retries, 0u);
  EXPECT_GE(result.connections.recycled, 5u);
}

}  // namespace
}  // namespace plimsoll::loadgen::run

// Whole runs whose connections are replaced while they last.
#include <filesystem>
#include <mutex>

#include "loadgen/whole_run.hpp"

namespace plimsoll::loadgen {
namespace {

using namespace std::chrono_literals;
using Peer = ScriptedServer::Peer;

// How many connections stand, as the server sees it: of the end of one it hears a little later.
struct Lives {
  std::mutex mutex;
  int open = 0;
  int most_open = 0;
  void opened() {
    const std::lock_guard lock(mutex);
    most_open = std::max(most_open, ++open);
  }
  void closed() {
    const std::lock_guard lock(mutex);
    --open;
  }
};

ScriptedServer::Script counted(Lives& lives) {
  return [&lives](Peer& peer) {
    lives.opened();
    while (peer.read_request()) {
      const bool last = peer.request().find("Connection: close\r\n") != std::string::npos;
      peer.send(response(200, "x", last ? "Connection: close\r\n" : ""));
      if (last) break;
    }
    lives.closed();
  };
}

TEST(RenewalTest, TheNewConnectionStandsBeforeTheOldOneEnds) {
  Lives lives;
  ScriptedServer server(counted(lives));
  Options options;
  options.url = server.url();
  options.rate = units::Rate{200};
  options.duration = 500ms;
  options.connections = 1;
  options.connection_age = 100ms;
  const auto result = load(options);
  EXPECT_EQ(result.totals.counts.completed, 100u);
  EXPECT_EQ(result.totals.counts.stale_retries, 0u);
  EXPECT_GE(result.connections.recycled, 2u);
  EXPECT_EQ(result.connections.opened, server.connections());
  EXPECT_GE(lives.most_open, 2);
}

TEST(RenewalTest, AShareOfRequestsIsKeptAlsoWhereTheServerClosesAfterTheLast) {
  Lives lives;
  ScriptedServer server(counted(lives));
  auto options = closed_loop(server, 10);
  options.connection_requests = 3;
  const auto result = load(options);
  EXPECT_EQ(result.totals.counts.completed, 10u);
  EXPECT_EQ(result.totals.counts.failed, 0u);
  EXPECT_EQ(result.totals.counts.stale_retries, 0u);
  EXPECT_EQ(server.connections(), 4u);
  EXPECT_EQ(result.connections.recycled, 3u);
}

TEST(RenewalTest, WhereNoNewConnectionOpensTheOldOneServesOn) {
  std::string path;
  ScriptedServer server(
      [&path](Peer& peer) {
        while (peer.read_request()) {
          std::filesystem::remove(path);  // nobody finds the listener any more
          peer.send(response(200, "x"));
        }
      },
      {ScriptedServer::Listen::kUnix, nullptr});
  path = server.path();
  Options options;
  options.url = "http://localhost/";
  options.unix_socket = path;
  options.rate = units::Rate{200};
  options.duration = 500ms;
  options.connections = 1;
  options.connection_age = 50ms;
  const auto result = load(options);
  EXPECT_EQ(result.totals.counts.completed, 100u);
  EXPECT_EQ(result.totals.counts.failed, 0u);
  EXPECT_EQ(result.connections.recycled, 0u);
  EXPECT_EQ(result.connections.opened, 1u);
  EXPECT_GE(result.connections.failed, 1u);
}

TEST(RenewalTest, ThinkingConnectionsAreReplacedToo) {
  Lives lives;
  ScriptedServer server(counted(lives));
  auto options = closed_loop(server, 12, 2);
  options.connection_requests = 2;
  options.think = ThinkTime{5ms, 5ms};
  const auto result = load(options);
  EXPECT_EQ(result.totals.counts.completed, 12u);
  EXPECT_EQ(result.totals.counts.failed, 0u);
  EXPECT_EQ(result.totals.counts.stale_retries, 0u);
  EXPECT_GE(lives.most_open, 3);
}

}  // namespace
}  // namespace plimsoll::loadgen

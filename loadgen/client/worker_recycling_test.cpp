// Connections that are closed, lost and recycled while a run lasts, on virtual time.
#include <gtest/gtest.h>

#include "loadgen/testing/scripted_network.hpp"

namespace plimsoll::loadgen::client {
namespace {

using namespace std::chrono_literals;
using testing::closed_loop;
using testing::kMillisecond;
using testing::open_loop;
using testing::Reply;
using testing::ScriptedNetwork;

// Closes after the request that says it is the last.
void be_polite(ScriptedNetwork& network) {
  network.reply = [&network](std::uint64_t) {
    return Reply{.close = network.requests.back().bytes.find("Connection: close\r\n") !=
                          std::string::npos};
  };
}

TEST(WorkerRecyclingTest, NoRequestWaitsForTheConnectionThatReplacesAnAgedOne) {
  ScriptedNetwork network;
  be_polite(network);
  auto options = open_loop(200, 1s);
  options.connection_age = 100ms;
  const auto result = load(network, options).counted;
  EXPECT_EQ(result.phases[0].counts.completed, 200u);
  EXPECT_EQ(result.phases[0].counts.stale_retries, 0u);
  EXPECT_EQ(result.phases[0].send_lag.max(), 0);
  EXPECT_GE(result.connections.recycled, 9u);
  EXPECT_LE(result.connections.recycled, 20u);
  EXPECT_EQ(network.most_open, 2u);
  EXPECT_EQ(result.connections.opened, network.opened);
}

TEST(WorkerRecyclingTest, EveryConnectionGetsItsShareOfRequests) {
  ScriptedNetwork network;
  be_polite(network);
  auto options = closed_loop(10);
  options.connection_requests = 3;
  const auto result = load(network, options).counted;
  EXPECT_EQ(result.phases[0].counts.completed, 10u);
  EXPECT_EQ(result.phases[0].counts.failed, 0u);
  EXPECT_EQ(network.opened, 4u);
  EXPECT_EQ(result.connections.recycled, 3u);
  for (std::size_t i = 0; i < 10; ++i)
    EXPECT_EQ(network.requests[i].bytes.find("Connection: close\r\n") != std::string::npos,
              i % 3 == 2)
        << i;
}

TEST(WorkerRecyclingTest, WhereNoNewConnectionOpensTheOldOneServesOn) {
  ScriptedNetwork network;
  network.refuse = [&network](const net::Endpoint&) -> std::optional<net::Failure> {
    if (network.opened == 0) return std::nullopt;
    return net::Failure{net::ErrorKind::kConnectRefused};
  };
  auto options = open_loop(200, 1s);
  options.connection_age = 50ms;
  const auto result = load(network, options).counted;
  EXPECT_EQ(result.phases[0].counts.completed, 200u);
  EXPECT_EQ(result.connections.recycled, 0u);
  EXPECT_EQ(result.connections.opened, 1u);
  EXPECT_EQ(result.connections.failed, 1u);  // the next attempt is a second later
}

TEST(WorkerRecyclingTest, ThinkingConnectionsAreRecycledToo) {
  ScriptedNetwork network;
  be_polite(network);
  auto options = closed_loop(12, 2);
  options.connection_requests = 2;
  options.think = schedule::ThinkTime{5ms, 5ms};
  const auto by_requests = load(network, options).counted;
  EXPECT_EQ(by_requests.phases[0].counts.completed, 12u);
  EXPECT_EQ(by_requests.phases[0].counts.failed, 0u);
  EXPECT_GE(by_requests.connections.recycled, 5u);

  options = closed_loop(6, 2);
  options.think = schedule::ThinkTime{20ms, 20ms};
  options.connection_age = 10ms;
  const auto by_age = load(network, options).counted;
  EXPECT_EQ(by_age.phases[0].counts.completed, 6u);
  EXPECT_EQ(by_age.phases[0].counts.failed, 0u);
  EXPECT_GE(by_age.connections.recycled, 4u);
}

TEST(WorkerRecyclingTest, AConnectionThatWasKeptAndIsClosedIsOpenedAgainAtOnce) {
  ScriptedNetwork network;
  network.reply = [](std::uint64_t number) {
    return Reply{.idle_close_after = number == 2 ? 50 * kMillisecond : 0};
  };
  const auto result = load(network, open_loop(10, 1s)).counted;
  EXPECT_EQ(result.phases[0].counts.completed, 10u);
  EXPECT_EQ(result.phases[0].send_lag.max(), 0);
  EXPECT_EQ(result.connections.closed_by_peer, 1u);
  EXPECT_EQ(network.opened, 2u);
}

TEST(WorkerRecyclingTest, OneThatEndsAfterEachRequestIsOpenedOnDemand) {
  ScriptedNetwork network;
  network.reply = [](std::uint64_t) { return Reply{.close = true}; };
  const auto result = load(network, open_loop(10, 1s)).counted;
  EXPECT_EQ(result.phases[0].counts.completed, 10u);
  EXPECT_EQ(network.opened, 10u);
  EXPECT_EQ(network.open_now, 0u);
}

}  // namespace
}  // namespace plimsoll::loadgen::client

// Which requests are sent again, on virtual time.
#include <gtest/gtest.h>

#include <map>

#include "loadgen/testing/scripted_network.hpp"

namespace plimsoll::loadgen::client {
namespace {

using testing::closed_loop;
using testing::kMillisecond;
using testing::Reply;
using testing::ScriptedNetwork;

// Answers three requests of each connection, takes a fourth, and closes without a word.
void close_after_three(ScriptedNetwork& network) {
  network.reply = [&network, taken = std::map<std::uint64_t, int>()](std::uint64_t) mutable {
    if (++taken[network.requests.back().connection] <= 3) return Reply{};
    return Reply{.failure = net::Failure{net::ErrorKind::kClosedEarly}};
  };
}

TEST(WorkerRetryTest, AnIdempotentRequestIsSentAgainOnANewConnection) {
  ScriptedNetwork network;
  close_after_three(network);
  const auto counts = load(network, closed_loop(10)).counted.phases[0].counts;
  EXPECT_EQ(counts.completed, 10u);
  EXPECT_EQ(counts.sent, 10u);
  EXPECT_EQ(counts.stale_retries, 3u);
  EXPECT_EQ(network.requests.size(), 13u);
}

TEST(WorkerRetryTest, APostIsNot) {
  ScriptedNetwork network;
  close_after_three(network);
  auto options = closed_loop(10);
  options.request.method = "POST";
  const auto counts = load(network, options).counted.phases[0].counts;
  EXPECT_EQ(counts.completed, 8u);
  EXPECT_EQ(counts.failed, 2u);
  EXPECT_EQ(counts.stale_retries, 0u);
}

TEST(WorkerRetryTest, WhatTheServerRefusesIsSentFourTimesAtMost) {
  ScriptedNetwork network;
  network.reply = [](std::uint64_t) {
    return Reply{.failure = net::Failure{net::ErrorKind::kReset}, .lost = http::Lost::kRefused};
  };
  auto options = closed_loop(2);
  options.request.method = "POST";
  const auto counts = load(network, options).counted.phases[0].counts;
  EXPECT_EQ(counts.failed, 2u);
  EXPECT_EQ(counts.stale_retries, 6u);
  EXPECT_EQ(network.requests.size(), 8u);
}

}  // namespace
}  // namespace plimsoll::loadgen::client

// Pauses between an answer and the next request, on virtual time.
#include <gtest/gtest.h>

#include <map>

#include "loadgen/testing/scripted_network.hpp"

namespace plimsoll::loadgen::client {
namespace {

using namespace std::chrono_literals;
using testing::closed_loop;
using testing::kMillisecond;
using testing::open_loop;
using testing::Reply;
using testing::ScriptedNetwork;

TEST(WorkerThinkTest, EveryConnectionRestsBetweenAnswerAndRequest) {
  ScriptedNetwork network;
  auto options = closed_loop(40, 4);
  options.think = *schedule::parse_think("10ms..20ms");
  const auto result = load(network, options);
  EXPECT_EQ(result.counted.phases[0].counts.completed, 40u);
  EXPECT_EQ(result.counted.phases[0].send_lag.max(), 0);
  EXPECT_EQ(network.opened, 4u);
  std::map<std::uint64_t, std::int64_t> last;
  for (const auto& request : network.requests) {
    auto& before = last[request.connection];
    if (before != 0) {
      EXPECT_GE(request.time - before, 11 * kMillisecond);  // 1 ms is the server's
      EXPECT_LE(request.time - before, 21 * kMillisecond);
    }
    before = request.time;
  }
}

TEST(WorkerThinkTest, ARestingConnectionDoesNotKeepTheRunFromEnding) {
  ScriptedNetwork network;
  auto options = open_loop(1, 200ms, 8);
  options.rate.reset();
  options.think = schedule::ThinkTime{1h, 1h};
  const auto result = load(network, options);
  EXPECT_DOUBLE_EQ(result.wall_seconds, 0.2);
  EXPECT_EQ(result.counted.phases[0].counts.unfinished(), 0u);
}

TEST(WorkerThinkTest, AConnectionThatIsClosedWhileItRestsIsOpenedWhenItsRestIsOver) {
  ScriptedNetwork network;
  network.reply = [](std::uint64_t) { return Reply{.idle_close_after = 10 * kMillisecond}; };
  auto options = closed_loop(6, 2);
  options.think = schedule::ThinkTime{20ms, 20ms};
  const auto result = load(network, options);
  EXPECT_EQ(result.counted.phases[0].counts.completed, 6u);
  EXPECT_EQ(network.opened, 6u);
  EXPECT_EQ(network.most_open, 2u);
}

TEST(WorkerThinkTest, FailuresAreFollowedByARestToo) {
  ScriptedNetwork network;
  network.refuse = [](const net::Endpoint&) {
    return net::Failure{net::ErrorKind::kConnectRefused};
  };
  auto options = closed_loop(1000, 2);
  options.duration = 300ms;
  options.think = schedule::ThinkTime{100ms, 100ms};
  const auto failed = load(network, options).counted.phases[0].counts.failed;
  EXPECT_GE(failed, 4u);
  EXPECT_LE(failed, 8u);  // at 0, 100, 200 and 300 ms
}

}  // namespace
}  // namespace plimsoll::loadgen::client

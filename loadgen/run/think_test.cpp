// Think time as users write it, how long it is, and whole runs with it.
#include "loadgen/schedule/think.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <mutex>

#include "loadgen/testing/whole_run.hpp"

namespace plimsoll::loadgen::run {
namespace {

using namespace std::chrono_literals;
using Peer = testing::ScriptedServer::Peer;
using Clock = std::chrono::steady_clock;

TEST(ThinkTimeTest, IsConstantOrARange) {
  EXPECT_EQ(schedule::parse_think("100ms")->shortest, 100ms);
  EXPECT_EQ(schedule::parse_think("100ms")->longest, 100ms);
  EXPECT_EQ(schedule::parse_think("0..1.5s")->shortest, 0ms);
  EXPECT_EQ(schedule::parse_think("0..1.5s")->longest, 1500ms);
  for (const auto* text : {"", "100", "0", "0..0", "2s..1s", "1s..", "..1s", "1s-2s", "25h"}) {
    const auto think = schedule::parse_think(text);
    ASSERT_FALSE(think) << text;
    EXPECT_EQ(think.error().category, ErrorCategory::kInvalidInput);
    EXPECT_NE(think.error().message.find(fmt::format("'{}'", text)), std::string::npos);
  }
}

TEST(ThinkTimeTest, FillsItsRangeAndFollowsTheSeed) {
  const schedule::ThinkTime think{50ms, 250ms};
  constexpr int kCount = 10'000;
  double sum = 0;
  std::int64_t shortest = INT64_MAX;
  std::int64_t longest = 0;
  for (std::uint64_t seq = 0; seq < kCount; ++seq) {
    const auto pause = think.after(1, seq);
    shortest = std::min(shortest, pause);
    longest = std::max(longest, pause);
    sum += static_cast<double>(pause) / 1e6;
  }
  EXPECT_GE(shortest, 50'000'000);
  EXPECT_LE(longest, 250'000'000);
  EXPECT_LT(shortest, 52'000'000);
  EXPECT_GT(longest, 248'000'000);
  // Five standard errors of a uniform mean: 200 ms / sqrt(12 n).
  EXPECT_NEAR(sum / kCount, 150, 5 * 200 / std::sqrt(12.0 * kCount));
  EXPECT_EQ(think.after(1, 7), think.after(1, 7));
  EXPECT_NE(think.after(1, 7), think.after(2, 7));
  EXPECT_LE(think.at_start(1, 3), 250'000'000);
}

TEST(ThinkTimeTest, BelongsToAClosedLoop) {
  plan::Options options;
  options.url = "http://h/";
  options.think = schedule::ThinkTime{1ms, 1ms};
  EXPECT_TRUE(make_plan(options));
  options.rate = units::Rate{1};
  EXPECT_FALSE(make_plan(options));
}

// The shortest time between an answer and the next request on the same connection.
struct Pauses {
  std::mutex mutex;
  Clock::duration shortest = 1h;
  void script(Peer& peer) {
    Clock::time_point answered{};
    while (peer.read_request()) {
      const auto now = Clock::now();
      if (answered != Clock::time_point{}) {
        const std::lock_guard lock(mutex);
        shortest = std::min(shortest, now - answered);
      }
      answered = Clock::now();
      peer.send(testing::response(200, "x"));
    }
  }
};

TEST(ThinkRunTest, EveryConnectionRestsBetweenAnswerAndRequest) {
  Pauses pauses;
  testing::ScriptedServer server([&pauses](Peer& peer) { pauses.script(peer); });
  auto options = closed_loop(server, 40, 4);
  options.threads = 2;
  options.think = *schedule::parse_think("10ms..20ms");
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.completed, 40u);
  EXPECT_EQ(server.requests(), 40u);
  EXPECT_EQ(server.connections(), 4u);
  EXPECT_GE(pauses.shortest, 10ms);
}

TEST(ThinkRunTest, ARestingConnectionDoesNotKeepTheRunFromEnding) {
  testing::ScriptedServer server(testing::always(testing::response(200, "x")));
  plan::Options options;
  options.url = server.url();
  options.duration = 200ms;
  options.connections = 8;
  options.think = schedule::ThinkTime{1h, 1h};
  const auto before = Clock::now();
  const auto result = testing::load(options);
  EXPECT_LT(Clock::now() - before, 30s);
  EXPECT_LE(result.totals.counts.scheduled, 8u);
  EXPECT_EQ(result.totals.counts.unfinished(), 0u);
}

TEST(ThinkRunTest, AConnectionThatIsClosedOrTooOldWhileItRestsIsReplaced) {
  testing::ScriptedServer closes([](Peer& peer) {
    if (!peer.read_request()) return;
    peer.send(testing::response(200, "x"));
    peer.finish();
    peer.drain();
  });
  auto options = closed_loop(closes, 6, 2);
  options.think = schedule::ThinkTime{20ms, 20ms};
  const auto closed = testing::load(options);
  EXPECT_EQ(closed.totals.counts.completed, 6u);
  EXPECT_EQ(closed.totals.counts.failed, 0u);
  EXPECT_GE(closes.connections(), 6u);

  testing::ScriptedServer keeps(testing::always(testing::response(200, "x")));
  options.url = keeps.url();
  options.connection_age = 10ms;
  const auto aged = testing::load(options);
  EXPECT_EQ(aged.totals.counts.completed, 6u);
  EXPECT_EQ(aged.totals.counts.failed, 0u);
  EXPECT_GE(aged.connections.recycled, 4u);
}

TEST(ThinkRunTest, FailuresAreFollowedByARestToo) {
  plan::Options options;
  options.url = "http://127.0.0.1:" + std::to_string(testing::closed_port());
  options.requests = 1000;
  options.duration = 300ms;
  options.connections = 2;
  options.think = schedule::ThinkTime{100ms, 100ms};
  // Each connection fails at most at 0, 100, 200 and 300 ms.
  EXPECT_LE(testing::load(options).totals.counts.failed, 8u);
}

}  // namespace
}  // namespace plimsoll::loadgen::run

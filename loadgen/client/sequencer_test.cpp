// What is due, by the clock that the test holds.
#include "loadgen/client/sequencer.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace plimsoll::loadgen::client {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kStart = 1'000'000'000'000;
constexpr std::int64_t kMillisecond = 1'000'000;

plan::Plan plan_of(plan::Options options) {
  options.url = "http://127.0.0.1/";
  return plan::make_plan(options).value();
}

plan::Plan open_loop(double rate, units::Duration duration) {
  plan::Options options;
  options.rate = units::Rate{rate};
  options.duration = duration;
  return plan_of(options);
}

plan::Plan closed_loop(std::uint64_t requests) {
  plan::Options options;
  options.requests = requests;
  return plan_of(options);
}

// The times of the arrivals that are due at now, in milliseconds from the start.
std::vector<std::int64_t> due(Sequencer& sequencer, std::int64_t now) {
  std::vector<std::int64_t> times;
  while (sequencer.arrival_is_due(now))
    times.push_back((sequencer.take_arrival().planned - kStart) / kMillisecond);
  return times;
}

TEST(SequencerTest, NothingIsDueBeforeTheStart) {
  const auto plan = open_loop(100, 1s);
  Sequencer sequencer(plan, 0);
  EXPECT_FALSE(sequencer.arrival_is_due(kStart));
  EXPECT_FALSE(sequencer.finished());
  EXPECT_EQ(sequencer.next_event(), kNever);
}

TEST(SequencerTest, ArrivalsAreDueAtTheirTimesHoweverLateTheCallerIs) {
  const auto plan = open_loop(100, 50ms);
  Sequencer sequencer(plan, 0);
  sequencer.start(kStart);
  const auto first = sequencer.next_event();
  EXPECT_EQ(due(sequencer, first - 1), std::vector<std::int64_t>{});
  EXPECT_EQ(due(sequencer, first).size(), 1u);
  EXPECT_EQ(due(sequencer, kStart + 50 * kMillisecond).size(), 4u);
  EXPECT_EQ(due(sequencer, kNever - 1).size(), 0u);
}

TEST(SequencerTest, ThreadsShareTheArrivals) {
  plan::Options options;
  options.rate = units::Rate{100};
  options.duration = 100ms;
  options.threads = 2;
  options.connections = 2;
  const auto plan = plan_of(options);
  std::vector<std::int64_t> all;
  for (const auto index : {0u, 1u}) {
    Sequencer sequencer(plan, index);
    sequencer.start(kStart);
    const auto times = due(sequencer, kStart + 100 * kMillisecond);
    EXPECT_EQ(times.size(), 5u);
    all.insert(all.end(), times.begin(), times.end());
  }
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::unique(all.begin(), all.end()) - all.begin(), 10);
}

TEST(SequencerTest, ARunByDurationIssuesUntilItsEndEvenWithoutArrivals) {
  const auto plan = open_loop(1, 10s);
  Sequencer sequencer(plan, 0);
  sequencer.start(kStart);
  const auto end = kStart + 10'000 * kMillisecond;
  due(sequencer, end);
  sequencer.advance(end - 1);
  EXPECT_TRUE(sequencer.issuing());
  EXPECT_EQ(sequencer.next_event(), end);
  sequencer.advance(end);
  EXPECT_FALSE(sequencer.issuing());
  EXPECT_TRUE(sequencer.finished());
}

TEST(SequencerTest, ARunByRequestsEndsWithItsLastArrival) {
  plan::Options options;
  options.rate = units::Rate{100};
  options.requests = 3;
  const auto plan = plan_of(options);
  Sequencer sequencer(plan, 0);
  sequencer.start(kStart);
  sequencer.advance(kStart);
  EXPECT_TRUE(sequencer.issuing());
  EXPECT_EQ(due(sequencer, kStart + 1'000 * kMillisecond).size(), 3u);
  sequencer.advance(kStart + 1'000 * kMillisecond);
  EXPECT_FALSE(sequencer.issuing());
}

TEST(SequencerTest, AClosedLoopIssuesItsShareOfTheRequests) {
  plan::Options options;
  options.requests = 5;
  options.threads = 2;
  options.connections = 2;
  const auto plan = plan_of(options);
  for (const auto& [index, quota] : {std::pair{0u, 3}, {1u, 2}}) {
    Sequencer sequencer(plan, index);
    sequencer.start(kStart);
    int issued = 0;
    while (sequencer.next_in_closed_loop(kStart, 0)) ++issued;
    EXPECT_EQ(issued, quota);
    EXPECT_FALSE(sequencer.issuing());
  }
}

TEST(SequencerTest, AClosedLoopIssuesUntilItsDurationIsOver) {
  plan::Options options;
  options.duration = 1s;
  const auto plan = plan_of(options);
  Sequencer sequencer(plan, 0);
  sequencer.start(kStart);
  EXPECT_TRUE(sequencer.next_in_closed_loop(kStart + 999 * kMillisecond, 0));
  EXPECT_FALSE(sequencer.next_in_closed_loop(kStart + 1'000 * kMillisecond, 0));
  EXPECT_TRUE(sequencer.finished());
}

TEST(SequencerTest, ARequestAfterAPauseIsPlannedForTheEndOfThePause) {
  const auto plan = closed_loop(10);
  Sequencer sequencer(plan, 0);
  sequencer.start(kStart);
  const auto now = kStart + 12 * kMillisecond;
  EXPECT_EQ(sequencer.next_in_closed_loop(now, kStart + 10 * kMillisecond)->planned,
            kStart + 10 * kMillisecond);
  EXPECT_EQ(sequencer.next_in_closed_loop(now, 0)->planned, now);
}

TEST(SequencerTest, TheWarmUpIsAPhaseOfItsOwnAndNotCountedAsRequests) {
  plan::Options options;
  options.requests = 2;
  options.warmup = 100ms;
  const auto plan = plan_of(options);
  Sequencer sequencer(plan, 0);
  sequencer.start(kStart);
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(sequencer.next_in_closed_loop(kStart + i * kMillisecond, 0)->phase, 0u);
  const auto later = kStart + 100 * kMillisecond;
  EXPECT_EQ(sequencer.next_in_closed_loop(later, 0)->phase, 1u);
  EXPECT_TRUE(sequencer.next_in_closed_loop(later, 0));
  EXPECT_FALSE(sequencer.next_in_closed_loop(later, 0));
}

TEST(SequencerTest, PendingRequestsKeepTheirOrderAndTheirLimit) {
  plan::Options options;
  options.rate = units::Rate{100};
  options.duration = 1s;
  options.max_queue = 2;
  const auto plan = plan_of(options);
  Sequencer sequencer(plan, 0);
  EXPECT_TRUE(sequencer.add_pending({.planned = 1}));
  EXPECT_TRUE(sequencer.add_pending({.planned = 2}));
  EXPECT_FALSE(sequencer.add_pending({.planned = 3}));
  sequencer.put_back({.planned = 0});
  for (const auto planned : {0, 1, 2}) EXPECT_EQ(sequencer.take_pending().planned, planned);
  EXPECT_FALSE(sequencer.has_pending());
}

TEST(SequencerTest, WhatIsPendingAtTheEndHasOneTimeoutLeft) {
  plan::Options options;
  options.duration = 1s;
  options.timeout = 2s;
  const auto plan = plan_of(options);
  Sequencer sequencer(plan, 0);
  sequencer.start(kStart);
  ASSERT_TRUE(sequencer.add_pending({.planned = kStart}));
  const auto end = kStart + 1'000 * kMillisecond;
  sequencer.advance(end);
  EXPECT_FALSE(sequencer.finished());
  EXPECT_EQ(sequencer.next_event(), end + 2'000 * kMillisecond);
  EXPECT_FALSE(sequencer.drain_is_over(end + 2'000 * kMillisecond - 1));
  EXPECT_TRUE(sequencer.drain_is_over(end + 2'000 * kMillisecond));
  EXPECT_EQ(sequencer.give_up_pending().size(), 1u);
  EXPECT_TRUE(sequencer.finished());
  EXPECT_EQ(sequencer.next_event(), kNever);
}

}  // namespace
}  // namespace plimsoll::loadgen::client

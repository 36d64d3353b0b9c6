// Whole schedules on virtual time: what is sent when, and what is counted.
#include "loadgen/client/worker.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "loadgen/testing/scripted_network.hpp"

namespace plimsoll::loadgen::client {
namespace {

using namespace std::chrono_literals;
using testing::closed_loop;
using testing::kMillisecond;
using testing::open_loop;
using testing::Reply;
using testing::ScriptedNetwork;

constexpr std::int64_t kHour = 3'600'000 * kMillisecond;

std::int64_t above(const latency::Histogram& histogram, std::int64_t bound) {
  return histogram.count() - histogram.count_at_or_below(bound);
}

std::uint64_t errors(const stats::PhaseStatistics& phase, net::ErrorKind kind) {
  return phase.errors[index(kind)];
}

TEST(WorkerTest, AnOpenLoopSendsAtThePlannedTimesWhateverTheAnswersTake) {
  ScriptedNetwork network;
  network.reply = [](std::uint64_t) { return Reply{.after = 15 * kMillisecond}; };
  const auto result = load(network, open_loop(100, 200ms, 2));
  const auto& phase = result.counted.phases[0];
  EXPECT_EQ(phase.counts.completed, 20u);
  EXPECT_EQ(phase.send_lag.max(), 0);
  ASSERT_EQ(network.requests.size(), 20u);
  for (std::size_t i = 1; i < 20; ++i)
    EXPECT_EQ(network.requests[i].time - network.requests[i - 1].time, 10 * kMillisecond);
  EXPECT_EQ(network.opened, 2u);
}

TEST(WorkerTest, LatencyCountsFromThePlannedSendWhileTheServerStalls) {
  ScriptedNetwork network;
  network.reply = [](std::uint64_t number) {
    return Reply{.after = (number == 20 ? 300 : 1) * kMillisecond};
  };
  const auto result = load(network, open_loop(100, 800ms));
  const auto& phase = result.counted.phases[0];
  EXPECT_EQ(phase.counts.completed, 80u);
  // The stalled one takes 300 ms; those that were due meanwhile 291, 282, 273 ... ms.
  EXPECT_EQ(above(phase.latency, 100 * kMillisecond), 23);
  EXPECT_EQ(above(phase.send_lag, 100 * kMillisecond), 22);
  EXPECT_EQ(above(phase.service_time, 100 * kMillisecond), 1);
  EXPECT_EQ(phase.schedule_lag.max(), 0);
  EXPECT_NEAR(static_cast<double>(phase.latency.max()), 300e6, 300e3);
}

TEST(WorkerTest, PendingRequestsAboveTheLimitAreDropped) {
  ScriptedNetwork network;
  network.reply = [](std::uint64_t) { return Reply{.after = 50 * kMillisecond}; };
  auto options = open_loop(200, 300ms);
  options.max_queue = 2;
  const auto result = load(network, options);
  const auto& counts = result.counted.phases[0].counts;
  EXPECT_EQ(counts.scheduled, 60u);
  EXPECT_EQ(counts.completed, 8u);  // six in 300 ms, and the two that were pending at the end
  EXPECT_EQ(counts.dropped, 52u);
}

TEST(WorkerTest, WhatIsPendingOneTimeoutAfterTheScheduleIsDropped) {
  ScriptedNetwork network;
  network.reply = [](std::uint64_t) { return Reply{.after = kHour}; };
  auto options = open_loop(100, 100ms);
  options.timeout = 150ms;
  const auto result = load(network, options);
  const auto& phase = result.counted.phases[0];
  EXPECT_EQ(phase.counts.scheduled, 10u);
  EXPECT_EQ(errors(phase, net::ErrorKind::kTimeout), 2u);
  EXPECT_EQ(phase.counts.dropped, 8u);
}

TEST(WorkerTest, ARunByDurationLastsThatLong) {
  ScriptedNetwork network;
  EXPECT_DOUBLE_EQ(load(network, open_loop(1, 3600s)).wall_seconds, 3600);
}

TEST(WorkerTest, EverySecondIsReportedOnce) {
  ScriptedNetwork network;
  const auto plan = plan::make_plan(open_loop(10, 3s)).value();
  const std::atomic<bool> stop{false};
  Worker worker(plan, 0, stop, network);
  worker.reports().ask_for_snapshots();
  worker.prepare();
  worker.run(network.time.now());
  const auto reports = worker.reports().take();
  ASSERT_EQ(reports.size(), 4u);
  std::uint64_t completed = 0;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    EXPECT_EQ(reports[i].second, static_cast<std::int64_t>(i));
    completed += reports[i].counts.completed;
    EXPECT_EQ(reports[i].so_far->counts.completed, completed);
  }
  EXPECT_EQ(completed, 30u);
}

TEST(WorkerTest, AStopEndsTheRunAndLeavesItsRequestsUnfinished) {
  ScriptedNetwork network;
  std::atomic<bool> stop{false};
  network.reply = [&stop](std::uint64_t number) {
    if (number == 5) stop = true;
    return Reply{.after = number == 5 ? kHour : kMillisecond};
  };
  const auto plan = plan::make_plan(closed_loop(100)).value();
  Worker worker(plan, 0, stop, network);
  worker.run(network.time.now());
  const auto result = worker.take_result();
  EXPECT_EQ(result.counted.phases[0].counts.completed, 4u);
  EXPECT_EQ(result.counted.phases[0].counts.unfinished(), 1u);
  EXPECT_LT(result.wall_seconds, 0.2);
}

TEST(WorkerTest, PhasesCountTheirOwn) {
  ScriptedNetwork network;
  auto options = open_loop(100, 300ms, 2);
  options.warmup = 200ms;
  const auto warmed_up = load(network, options).counted.phases;
  ASSERT_EQ(warmed_up.size(), 2u);
  EXPECT_EQ(warmed_up[0].counts.completed, 20u);
  EXPECT_EQ(warmed_up[1].counts.completed, 30u);

  plan::Options staged;
  staged.url = "http://127.0.0.1/";
  staged.stages = {{200ms, {200}}, {200ms, {200}}, {200ms, {0}}};
  staged.connections = 4;
  const auto stages = load(network, staged).counted.phases;
  ASSERT_EQ(stages.size(), 3u);
  EXPECT_EQ(stages[0].counts.completed, 20u);
  EXPECT_EQ(stages[1].counts.completed, 40u);
  EXPECT_EQ(stages[2].counts.completed, 20u);
}

TEST(WorkerTest, AShapeSendsItsIntegral) {
  const auto scheduled = [](const char* text) {
    ScriptedNetwork network;
    plan::Options options;
    options.url = "http://127.0.0.1/";
    options.shape = plan::ShapeOption{text, *shape::Shape::parse(text)};
    options.duration = 400ms;
    options.connections = 8;
    std::vector<std::uint64_t> counts;
    for (const auto& phase : load(network, options).counted.phases)
      counts.push_back(phase.counts.scheduled);
    return counts;
  };
  EXPECT_EQ(scheduled("spike:base=50/s,peak=500/s,at=200ms,for=100ms"),
            (std::vector<std::uint64_t>{10, 50, 5}));
  EXPECT_EQ(scheduled("sine:mean=300/s,amplitude=300/s,period=200ms"),
            std::vector<std::uint64_t>{120});
}

TEST(WorkerTest, APortThatIsClosedIsRefusedWithoutSpinning) {
  ScriptedNetwork network;
  network.connect_takes = 0;
  network.refuse = [](const net::Endpoint&) {
    return net::Failure{net::ErrorKind::kConnectRefused};
  };
  const auto open = load(network, open_loop(50, 400ms, 4)).counted;
  EXPECT_EQ(errors(open.phases[0], net::ErrorKind::kConnectRefused), 20u);
  EXPECT_EQ(open.connections.failed, 24u);  // four before the start

  auto options = open_loop(1, 400ms, 4);
  options.rate.reset();
  const auto closed = load(network, options).counted;
  // At 0, 10, 30, 70, 150 and 310 ms.
  EXPECT_EQ(errors(closed.phases[0], net::ErrorKind::kConnectRefused), 4u * 6);
}

TEST(WorkerTest, TimeOutsTellWhatWasWaitedFor) {
  auto options = closed_loop(1);
  options.timeout = 5s;
  const auto failed = [&options](ScriptedNetwork& network) {
    auto phase = std::move(load(network, options).counted.phases[0]);
    EXPECT_NEAR(static_cast<double>(phase.failed_latency.max()), 5e9, 5e6);
    return phase;
  };
  ScriptedNetwork silent;
  silent.reply = [](std::uint64_t) { return Reply{.after = kHour}; };
  EXPECT_EQ(errors(failed(silent), net::ErrorKind::kTimeout), 1u);
  ScriptedNetwork deaf;
  deaf.connect_takes = kHour;
  EXPECT_EQ(errors(load(deaf, options).counted.phases[0], net::ErrorKind::kConnectTimeout), 1u);
  ScriptedNetwork nameless;
  nameless.lookup_takes = kHour;
  options.url = "http://name/";
  EXPECT_EQ(errors(load(nameless, options).counted.phases[0], net::ErrorKind::kDns), 1u);
}

TEST(WorkerTest, PreparationTakesTwoSecondsAtMost) {
  ScriptedNetwork network;
  network.connect_takes = kHour;
  const auto plan = plan::make_plan(closed_loop(1)).value();
  const std::atomic<bool> stop{false};
  Worker worker(plan, 0, stop, network);
  const auto before = network.time.now();
  worker.prepare();
  EXPECT_EQ(network.time.now() - before, 2'000 * kMillisecond);
}

}  // namespace
}  // namespace plimsoll::loadgen::client

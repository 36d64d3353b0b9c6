// What the main thread makes of the threads' reports.
#include "loadgen/run/monitor.hpp"

#include <gtest/gtest.h>

#include "core/latency/v2.hpp"

namespace plimsoll::loadgen::run {
namespace {

using namespace std::chrono_literals;

plan::Options two_threads() {
  plan::Options options;
  options.url = "http://h/";
  options.rate = units::Rate{10};
  options.duration = 10s;
  options.threads = 2;
  options.connections = 2;
  return options;
}

stats::SecondReport report(std::int64_t second, std::uint64_t completed,
                           std::uint64_t server_errors = 0) {
  stats::SecondReport report;
  report.second = second;
  report.counts.sent = report.counts.completed = completed;
  report.counts.server_errors = server_errors;
  report.in_flight = 1;
  report.pending = 2;
  latency::Histogram latencies;
  latencies.record(1'000'000, static_cast<std::int64_t>(completed));
  report.latency = latency::encode_counts(latencies);
  return report;
}

TEST(MonitorTest, ASecondIsOverWhenEveryThreadHasReportedIt) {
  const auto plan = make_plan(two_threads()).value();
  std::vector<std::int64_t> seconds;
  Monitor monitor(plan, [&seconds](std::int64_t second, const latency::Histogram& latencies) {
    seconds.push_back(second);
    EXPECT_EQ(latencies.count(), 10);
  });
  monitor.add(0, report(0, 4));
  monitor.advance(false);
  EXPECT_EQ(monitor.progress(), "");
  monitor.add(0, report(1, 5));
  monitor.add(1, report(0, 6));
  monitor.advance(false);
  EXPECT_EQ(seconds, std::vector<std::int64_t>{0});
  EXPECT_NE(monitor.progress().find("1s/10s  10/s"), std::string::npos) << monitor.progress();
  EXPECT_NE(monitor.progress().find("in flight 2  queued 4"), std::string::npos);
  monitor.add(1, report(1, 5));
  monitor.advance(true);
  const auto series = monitor.take_series();
  ASSERT_EQ(series.size(), 2u);
  EXPECT_EQ(series[0].completed, 10u);
}

TEST(MonitorTest, AnEmptyRestAfterTheLastSecondIsLeftOut) {
  const auto plan = make_plan(two_threads()).value();
  Monitor monitor(plan, {});
  monitor.add(0, report(0, 4));
  monitor.add(1, report(0, 4));
  monitor.add(0, report(1, 0));
  monitor.add(1, report(1, 0));
  monitor.advance(true);
  EXPECT_EQ(monitor.take_series().size(), 1u);
}

TEST(MonitorTest, AnAbortRuleIsNotLookedAtBeforeItsGraceIsOver) {
  auto options = two_threads();
  options.threads = 1;
  options.warmup = 1s;
  options.abort_rules.push_back(*load_result::Threshold::parse("errors>50%"));
  options.abort_grace = 2s;
  const auto plan = make_plan(options).value();
  Monitor monitor(plan, {});
  for (std::int64_t second = 0; second < 4; ++second) {
    monitor.add(0, report(second, 4, 3));
    monitor.advance(false);
    EXPECT_EQ(monitor.met_abort_rule(), second < 2 ? "" : "errors>50%") << second;
  }
}

TEST(MonitorTest, AnAbortRuleLeavesTheWarmUpOut) {
  auto options = two_threads();
  options.threads = 1;
  options.warmup = 2s;
  options.abort_rules.push_back(*load_result::Threshold::parse("errors>50%"));
  const auto plan = make_plan(options).value();
  Monitor monitor(plan, {});
  for (std::int64_t second = 0; second < 3; ++second) {
    monitor.add(0, report(second, 4, second < 2 ? 4 : 1));
    monitor.advance(false);
    EXPECT_EQ(monitor.met_abort_rule(), "") << second;
  }
}

TEST(MonitorTest, SoFarIsTheSumOfTheThreadsLastSnapshots) {
  const auto plan = make_plan(two_threads()).value();
  Monitor monitor(plan, {});
  EXPECT_EQ(monitor.so_far().counts.completed, 0u);
  const auto with_snapshot = [](std::int64_t second, std::uint64_t completed) {
    auto one = report(second, 1);
    stats::Snapshot snapshot;
    snapshot.counts.completed = completed;
    one.so_far = std::make_unique<stats::Snapshot>(snapshot);
    return one;
  };
  monitor.add(0, with_snapshot(0, 5));
  monitor.add(1, with_snapshot(0, 7));
  monitor.add(0, with_snapshot(1, 20));
  EXPECT_EQ(monitor.so_far().counts.completed, 27u);
}

}  // namespace
}  // namespace plimsoll::loadgen::run

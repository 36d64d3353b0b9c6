#include "core/metrics/registry.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

#include "core/metrics/process.hpp"

namespace plimsoll::metrics {
namespace {

using namespace std::chrono_literals;

TEST(CounterTest, SumsWhatAllThreadsAdded) {
  Counter counter;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&counter] {
      for (int n = 0; n < 1000; ++n) counter.add();
    });
  }
  threads.clear();
  EXPECT_EQ(counter.value(), 12'000U);
}

TEST(GaugeTest, MayBeTakenAwayFromByAnotherThread) {
  Gauge gauge;
  gauge.add(3);
  std::jthread{[&gauge] { gauge.add(-5); }}.join();
  EXPECT_EQ(gauge.value(), -2);
}

TEST(HistogramTest, CountsABoundInItsOwnBucketAndCumulates) {
  Histogram histogram{{1ms, 10ms}};
  histogram.observe(1ms);
  histogram.observe(1ms + 1ns);
  histogram.observe(10ms);
  histogram.observe(1s);
  const auto counts = histogram.counts();
  EXPECT_EQ(counts.cumulative, (std::vector<std::uint64_t>{1, 3, 4}));
  EXPECT_EQ(counts.sum, 1s + 12ms + 1ns);
}

TEST(HistogramTest, RefusesNoBoundsTooManyAndUnsortedOnes) {
  EXPECT_THROW((Histogram{{}}), std::invalid_argument);
  EXPECT_THROW((Histogram{{2ms, 1ms}}), std::invalid_argument);
  EXPECT_THROW((Histogram{std::vector<std::chrono::nanoseconds>(21, 1ms)}), std::invalid_argument);
}

TEST(RegistryTest, WritesPrometheusTextFormat) {
  Registry registry;
  registry.counter("requests_total", "Requests.", {{"code", "200"}}).add(2);
  registry.counter("requests_total", "Requests.", {{"code", "503"}}).add();
  registry.gauge("in_flight", "Now.").add(4);
  registry.read_gauge("build_info", "Version.", [] { return 1.0; }, {{"version", "1\"0"}});
  registry.histogram("duration_seconds", "Time.", {{"endpoint", "/"}}, {1ms, 1s}).observe(500ms);
  EXPECT_EQ(registry.text(),
            "# HELP requests_total Requests.\n"
            "# TYPE requests_total counter\n"
            "requests_total{code=\"200\"} 2\n"
            "requests_total{code=\"503\"} 1\n"
            "# HELP in_flight Now.\n"
            "# TYPE in_flight gauge\n"
            "in_flight 4\n"
            "# HELP build_info Version.\n"
            "# TYPE build_info gauge\n"
            "build_info{version=\"1\\\"0\"} 1\n"
            "# HELP duration_seconds Time.\n"
            "# TYPE duration_seconds histogram\n"
            "duration_seconds_count{endpoint=\"/\"} 1\n"
            "duration_seconds_sum{endpoint=\"/\"} 0.5\n"
            "duration_seconds_bucket{endpoint=\"/\",le=\"0.001\"} 0\n"
            "duration_seconds_bucket{endpoint=\"/\",le=\"1\"} 1\n"
            "duration_seconds_bucket{endpoint=\"/\",le=\"+Inf\"} 1\n");
}

TEST(RegistryTest, GivesTheSameMetricForTheSameNameAndLabels) {
  Registry registry;
  auto& first = registry.counter("a_total", "A.", {{"k", "v"}});
  EXPECT_EQ(&first, &registry.counter("a_total", "A.", {{"k", "v"}}));
  EXPECT_NE(&first, &registry.counter("a_total", "A.", {{"k", "w"}}));
}

TEST(RegistryTest, RefusesBadNamesAndClashes) {
  Registry registry;
  registry.counter("a_total", "A.");
  EXPECT_THROW(registry.gauge("a_total", "A."), std::invalid_argument);
  EXPECT_THROW(registry.counter("a-b", "A."), std::invalid_argument);
  EXPECT_THROW(registry.counter("b_total", "B.", {{"a-b", "v"}}), std::invalid_argument);
}

TEST(RegistryTest, HoldsTheStandardProcessMetrics) {
  Registry registry;
  add_process_metrics(registry);
  const auto text = registry.text();
  for (const auto* name : {"process_cpu_seconds_total", "process_resident_memory_bytes",
                           "process_open_fds", "process_max_fds", "process_start_time_seconds"}) {
    EXPECT_NE(text.find(std::string{"\n"} + name + " "), std::string::npos) << name;
  }
  EXPECT_EQ(text.find("nan"), std::string::npos) << text;
}

}  // namespace
}  // namespace plimsoll::metrics

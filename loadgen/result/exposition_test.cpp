// Snapshots of a run, and what /metrics makes of them.
#include "loadgen/result/exposition.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>

namespace plimsoll::loadgen::result {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;

std::map<std::string, double> samples(const std::string& text) {
  std::map<std::string, double> by_series;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    const auto space = line.rfind(' ');
    EXPECT_TRUE(by_series.emplace(line.substr(0, space), std::stod(line.substr(space + 1))).second)
        << "twice: " << line;
  }
  return by_series;
}

std::uint64_t below(const stats::Buckets& buckets, std::int64_t bound) {
  const auto at = std::find(stats::kBucketBounds.begin(), stats::kBucketBounds.end(), bound);
  return buckets.below.at(static_cast<std::size_t>(at - stats::kBucketBounds.begin()));
}

stats::PhaseStatistics a_second_of_everything() {
  stats::PhaseStatistics record;
  record.counts.scheduled = 10;
  record.counts.sent = 9;
  record.counts.completed = 6;
  record.counts.failed = 2;
  record.counts.dropped = 1;
  record.status[200] = 5;
  record.status[503] = 1;
  record.errors[index(net::ErrorKind::kTimeout)] = 2;
  record.latency.record(2 * kMillisecond, 5);
  record.latency.record(70'000 * kMillisecond);
  return record;
}

TEST(BucketsTest, EveryValueCountsUnderEachBoundAboveIt) {
  latency::Histogram histogram;
  histogram.record(2 * kMillisecond, 3);
  histogram.record(40 * kMillisecond, 2);
  histogram.record(70'000 * kMillisecond);
  stats::Buckets buckets;
  buckets.add(histogram);
  EXPECT_EQ(below(buckets, kMillisecond), 0u);
  EXPECT_EQ(below(buckets, 5 * kMillisecond / 2), 3u);
  EXPECT_EQ(below(buckets, 25 * kMillisecond), 3u);
  EXPECT_EQ(below(buckets, 50 * kMillisecond), 5u);
  EXPECT_EQ(below(buckets, 60'000 * kMillisecond), 5u);
  EXPECT_EQ(buckets.count, 6u);
  EXPECT_NEAR(buckets.sum, 70'086e6, 70'086e3);
}

TEST(BucketsTest, TheErrorIsAtMostOnePerMille) {
  for (const auto bound : stats::kBucketBounds) {
    latency::Histogram histogram;
    histogram.record(bound - bound / 1000);
    histogram.record(bound + 1);
    stats::Buckets buckets;
    buckets.add(histogram);
    EXPECT_EQ(below(buckets, bound), 1u) << bound;
  }
}

// A value whose HdrHistogram bucket lies across a bound counts above it, also while it is the
// largest.
TEST(BucketsTest, CountsNeverShrinkAsLargerValuesCome) {
  latency::Histogram histogram;
  histogram.record(5 * kMillisecond);
  stats::Buckets before;
  before.add(histogram);
  histogram.record(9 * kMillisecond);
  stats::Buckets after;
  after.add(histogram);
  for (std::size_t i = 0; i < stats::kBucketBounds.size(); ++i)
    EXPECT_LE(before.below[i], after.below[i]) << stats::kBucketBounds[i];
  EXPECT_LE(before.sum, after.sum);
}

TEST(BucketsTest, NothingIsZero) {
  stats::Buckets buckets;
  buckets.add(latency::Histogram{});
  EXPECT_EQ(buckets.count, 0u);
  EXPECT_EQ(below(buckets, 60'000 * kMillisecond), 0u);
}

TEST(SnapshotTest, PhasesAndThreadsAddUp) {
  const std::vector<stats::PhaseStatistics> phases = [] {
    std::vector<stats::PhaseStatistics> two;
    two.push_back(a_second_of_everything());
    two.push_back(a_second_of_everything());
    return two;
  }();
  stats::Snapshot all;
  for (int thread = 0; thread < 2; ++thread) all.add(take_snapshot(phases, 3, 4));
  EXPECT_EQ(all.counts.scheduled, 40u);
  EXPECT_EQ(all.status[503], 4u);
  EXPECT_EQ(all.errors[index(net::ErrorKind::kTimeout)], 8u);
  EXPECT_EQ(all.latency.count, 24u);
  EXPECT_EQ(all.in_flight, 6u);
  EXPECT_EQ(all.pending, 8u);
}

TEST(ExpositionTest, NamesEveryFigureOnceWithItsLabels) {
  const std::vector<stats::PhaseStatistics> phases = [] {
    std::vector<stats::PhaseStatistics> one;
    one.push_back(a_second_of_everything());
    return one;
  }();
  const auto found = samples(to_exposition(take_snapshot(phases, 1, 7)));
  const auto value = [&found](const std::string& series) {
    return found.at("plimsoll_loadgen_" + series);
  };
  EXPECT_EQ(value("requests_total{state=\"scheduled\"}"), 10);
  EXPECT_EQ(value("requests_total{state=\"sent\"}"), 9);
  EXPECT_EQ(value("requests_total{state=\"completed\"}"), 6);
  EXPECT_EQ(value("requests_total{state=\"failed\"}"), 2);
  EXPECT_EQ(value("requests_total{state=\"dropped\"}"), 1);
  EXPECT_EQ(value("responses_total{code=\"200\"}"), 5);
  EXPECT_EQ(value("responses_total{code=\"503\"}"), 1);
  EXPECT_EQ(value("errors_total{kind=\"timeout\"}"), 2);
  EXPECT_EQ(value("errors_total{kind=\"dns\"}"), 0);
  EXPECT_EQ(value("in_flight_requests"), 1);
  EXPECT_EQ(value("queued_requests"), 7);
  EXPECT_EQ(value("latency_seconds_bucket{le=\"0.0025\"}"), 5);
  EXPECT_EQ(value("latency_seconds_bucket{le=\"60\"}"), 5);
  EXPECT_EQ(value("latency_seconds_bucket{le=\"+Inf\"}"), 6);
  EXPECT_EQ(value("latency_seconds_count"), 6);
  EXPECT_NEAR(value("latency_seconds_sum"), 70.01, 0.07);
}

TEST(ExpositionTest, EveryFamilyHasItsHelpAndTypeBeforeItsFirstSample) {
  std::istringstream lines(to_exposition(stats::Snapshot{}));
  std::string family;
  int families = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# HELP ")) {
      family = line.substr(7, line.find(' ', 7) - 7);
      ++families;
      std::getline(lines, line);
      EXPECT_TRUE(line.starts_with("# TYPE " + family + " ")) << line;
    } else {
      EXPECT_TRUE(line.starts_with(family)) << line;
    }
  }
  EXPECT_EQ(families, 12);
}

}  // namespace
}  // namespace plimsoll::loadgen::result

#include <gtest/gtest.h>

#include <random>

#include "core/load_result/fixture.hpp"

namespace plimsoll::load_result {
namespace {

// Latencies over five orders of magnitude, some errors and time-outs, ten seconds long.
std::vector<Sample> samples(std::size_t count) {
  std::mt19937_64 random{7};
  std::lognormal_distribution<double> latency{14, 2};
  std::vector<Sample> made;
  for (std::size_t i = 0; i < count; ++i) {
    const auto value = static_cast<std::int64_t>(latency(random));
    const int status = i % 97 == 0 ? 0 : i % 31 == 0 ? 503 : 200;
    made.push_back({static_cast<std::int64_t>(i * 10 / count), status, value, value / 2});
  }
  return made;
}

// One worker each for every count-th sample.
std::vector<LoadResult> split(const std::vector<Sample>& all, std::size_t count) {
  std::vector<LoadResult> parts;
  for (std::size_t worker = 0; worker < count; ++worker) {
    std::vector<Sample> own;
    for (std::size_t i = worker; i < all.size(); i += count) own.push_back(all[i]);
    parts.push_back(result_of(own));
  }
  return parts;
}

class MergeTest : public testing::TestWithParam<std::size_t> {};

// The whole JSON, percentiles and histograms included; only the seconds have no histogram, and
// theirs are all 0 here.
TEST_P(MergeTest, IsWhatOneWorkerWithAllSamplesWouldHaveMeasured) {
  const auto all = samples(20'000);
  const auto merged = merge(split(all, GetParam()));
  ASSERT_TRUE(merged) << merged.error().message;
  auto expected = to_json(result_of(all));
  auto json = to_json(*merged);
  EXPECT_NEAR(json["rate"]["achieved"].get<double>(), expected["rate"]["achieved"].get<double>(),
              1e-9);
  json.erase("rate");
  expected.erase("rate");
  EXPECT_EQ(json.dump(2), expected.dump(2));
}

INSTANTIATE_TEST_SUITE_P(Workers, MergeTest, testing::Values(1, 2, 3, 16));

TEST(MergeWithoutHistogramsTest, CountsAreExactAndTheWorstPercentileCounts) {
  auto parts = split(samples(1000), 2);
  parts[1].latency_histogram.clear();
  const auto merged = merge(parts);
  ASSERT_TRUE(merged);
  const auto& latency = merged->totals.latency;
  const auto& one = parts[0].totals.latency;
  const auto& other = parts[1].totals.latency;
  EXPECT_EQ(latency.count, one.count + other.count);
  EXPECT_EQ(latency.min, std::min(one.min, other.min));
  EXPECT_EQ(latency.p99, std::max(one.p99, other.p99));
  EXPECT_EQ(latency.max, std::max(one.max, other.max));
  EXPECT_EQ(merged->latency_histogram, "");
  // The other histogram is in both.
  const auto exact = merge(split(samples(1000), 2));
  EXPECT_EQ(merged->totals.service_time.p99, exact->totals.service_time.p99);
  // Mean and deviation do merge; the parts have them rounded.
  EXPECT_NEAR(static_cast<double>(latency.mean), static_cast<double>(exact->totals.latency.mean),
              1);
  EXPECT_NEAR(static_cast<double>(latency.stddev),
              static_cast<double>(exact->totals.latency.stddev), 2);
}

TEST(MergeTest, PartsOfTheSameNameAddUpAndOthersAreKept) {
  LoadResult one, other;
  one.phases = {{"ramp", false, 0, 5, 0, 100, 50, {}}};
  one.phases[0].statistics.requests.sent = 10;
  other.phases = {{"ramp", false, 0, 6, 0, 100, 40, {}}, {"peak", false, 5, 5, {}, {}, 9, {}}};
  other.phases[0].statistics.requests.sent = 20;
  one.mix = {{"search", {}}};
  other.mix = {{"search", {}}, {"buy", {}}};
  one.totals.errors = {{"reset", 1}};
  other.totals.errors = {{"timeout", 2}, {"reset", 3}};
  one.endpoints = {{"a:80", 1, 2}};
  other.endpoints = {{"a:80", 3, 4}, {"b:80", 5, 6}};
  one.pods = {{"p", 1}};
  other.pods = {{"p", 2}, {"q", 3}};
  const auto merged = merge({one, other});
  ASSERT_TRUE(merged);
  ASSERT_EQ(merged->phases.size(), 2u);
  EXPECT_EQ(merged->phases[0].duration_s, 6);
  EXPECT_EQ(merged->phases[0].rate_to, 200);
  EXPECT_EQ(merged->phases[0].rate_achieved, 90);
  EXPECT_EQ(merged->phases[0].statistics.requests.sent, 30u);
  EXPECT_EQ(merged->phases[1].name, "peak");
  EXPECT_EQ(merged->mix.size(), 2u);
  EXPECT_EQ(merged->totals.errors, (Named<std::uint64_t>{{"reset", 4}, {"timeout", 2}}));
  EXPECT_EQ(merged->endpoints[0].requests, 6u);
  EXPECT_EQ(merged->endpoints[1].connections, 5u);
  EXPECT_EQ(merged->pods, (std::map<std::string, std::uint64_t>{{"p", 3}, {"q", 3}}));
}

TEST(MergeTest, OneSaturatedOrFailedWorkerMarksTheWhole) {
  LoadResult good, bad;
  good.verdict = "passed";
  bad.verdict = "inconclusive";
  bad.exit_code = 3;
  bad.reason = "generator saturated: own CPU at 99%";
  bad.generator = {1, 2, 3, true, "own CPU at 99%"};
  const auto merged = merge({good, bad, good});
  ASSERT_TRUE(merged);
  EXPECT_TRUE(merged->generator.saturated);
  EXPECT_EQ(merged->generator.reason, "own CPU at 99%");
  EXPECT_EQ(merged->verdict, "inconclusive");
  EXPECT_EQ(merged->exit_code, 3);
}

TEST(MergeTest, NothingAndDamagedHistogramsAreErrors) {
  EXPECT_FALSE(merge({}));
  auto parts = split(samples(100), 2);
  parts[1].latency_histogram = "HISTFAAAA?";
  EXPECT_FALSE(merge(parts));
}

}  // namespace
}  // namespace plimsoll::load_result

#include "core/latency/histogram.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace plimsoll::latency {
namespace {

constexpr std::int64_t kMs = 1'000'000;

TEST(HistogramTest, OneToTenThousandMillisecondsHaveTheirPercentiles) {
  Histogram histogram;
  for (std::int64_t i = 1; i <= 10'000; ++i) histogram.record(i * kMs);
  EXPECT_EQ(histogram.count(), 10'000);
  EXPECT_GE(histogram.percentile(50), 5000 * kMs);
  EXPECT_LE(histogram.percentile(50), 5005 * kMs);
  EXPECT_GE(histogram.percentile(99), 9900 * kMs);
  EXPECT_LE(histogram.percentile(99), 9910 * kMs);
  EXPECT_EQ(histogram.percentile(100), 10'000 * kMs);
  EXPECT_EQ(histogram.min(), kMs);
  EXPECT_EQ(histogram.max(), 10'000 * kMs);
  EXPECT_NEAR(histogram.mean(), 5000.5e6, 5e6);
  EXPECT_NEAR(histogram.stddev(), 2886.75e6, 3e6);
}

TEST(HistogramTest, MergingTakesPercentilesOfTheUnionNotTheirAverage) {
  Histogram a;
  Histogram b;
  a.record(1 * kMs, 9000);
  b.record(100 * kMs, 1000);
  a.merge(b);
  EXPECT_EQ(a.count(), 10'000);
  EXPECT_NEAR(static_cast<double>(a.percentile(90)), 1e6, 1e3);
  EXPECT_NEAR(static_cast<double>(a.percentile(95)), 100e6, 100e3);
  EXPECT_EQ(a.max(), 100 * kMs);
  EXPECT_EQ(a.min(), 1 * kMs);
}

TEST(HistogramTest, EveryValueFallsIntoABucketThatHoldsItToThreeDigits) {
  for (double value = 1; value < 3.6e12; value = value * 1.37 + 1) {
    const auto v = static_cast<std::int64_t>(value);
    const auto index = Histogram::index_of(v);
    ASSERT_LT(index, Histogram::kCountsLength);
    EXPECT_LE(Histogram::lowest_of(index), v);
    EXPECT_GE(Histogram::highest_of(index), v);
    EXPECT_EQ(Histogram::index_of(Histogram::lowest_of(index)), index);
    EXPECT_EQ(Histogram::index_of(Histogram::highest_of(index)), index);
    EXPECT_EQ(Histogram::lowest_of(index + 1), Histogram::highest_of(index) + 1);
    EXPECT_LE(static_cast<double>(Histogram::highest_of(index) - Histogram::lowest_of(index)),
              value * 0.001);
  }
}

TEST(HistogramTest, ValuesOutsideTheRangeAreClampedAndCounted) {
  Histogram histogram;
  histogram.record(-5);
  histogram.record(Histogram::kHighest + 1);
  EXPECT_EQ(histogram.count(), 2);
  EXPECT_EQ(histogram.clamped(), 1);
  EXPECT_EQ(histogram.min(), 0);
  EXPECT_EQ(histogram.max(), Histogram::kHighest);
}

TEST(HistogramTest, AnEmptyHistogramAnswersZero) {
  const Histogram histogram;
  EXPECT_EQ(histogram.percentile(99), 0);
  EXPECT_EQ(histogram.mean(), 0);
  EXPECT_EQ(histogram.stddev(), 0);
  EXPECT_EQ(histogram.min(), 0);
  EXPECT_EQ(histogram.max(), 0);
}

TEST(HistogramTest, NearestRankIsNotFooledByBinaryFractions) {
  Histogram histogram;
  for (int i = 1; i <= 1000; ++i) histogram.record(i);
  EXPECT_EQ(histogram.percentile(99.9), 999);
  EXPECT_EQ(histogram.percentile(0), 1);
  EXPECT_EQ(histogram.percentile(50), 500);
}

TEST(HistogramTest, APercentileIsNeverAboveTheMaximum) {
  Histogram histogram;
  histogram.record(1'000'001);
  EXPECT_EQ(histogram.percentile(50), 1'000'001);
}

TEST(HistogramTest, ResetForgetsEverything) {
  Histogram histogram;
  histogram.record(5);
  histogram.record(5 * kMs);
  histogram.reset();
  EXPECT_EQ(histogram.count(), 0);
  histogram.record(7);
  EXPECT_EQ(histogram.percentile(100), 7);
  EXPECT_EQ(histogram.count_at_or_below(6), 0);
  EXPECT_EQ(histogram.count_at_or_below(7), 1);
}

}  // namespace
}  // namespace plimsoll::latency

#include "loadgen/schedule/schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace plimsoll::loadgen::schedule {
namespace {

using namespace std::chrono_literals;

RateProfile steady(units::Duration duration, double rate) {
  RateProfile profile;
  profile.add(duration, rate, rate);
  return profile;
}

std::vector<std::int64_t> all(const RateProfile& profile, const ArrivalOptions& options = {}) {
  Arrivals arrivals(profile, options);
  std::vector<std::int64_t> planned;
  while (const auto next = arrivals.next()) planned.push_back(*next);
  return planned;
}

TEST(ScheduleTest, ConstantArrivalsAreAtMultiplesOfTheInterval) {
  const auto planned = all(steady(10s, 1000));
  ASSERT_EQ(planned.size(), 10'000u);
  for (std::size_t k = 0; k < planned.size(); ++k)
    ASSERT_EQ(planned[k], static_cast<std::int64_t>(k) * 1'000'000);
}

TEST(ScheduleTest, TheCountIsRateTimesDurationRoundedUp) {
  EXPECT_EQ(all(steady(1s, 0.5)).size(), 1u);
  EXPECT_EQ(all(steady(10s, 0.5)).size(), 5u);
  EXPECT_EQ(all(steady(2500ms, 1)).size(), 3u);
  EXPECT_EQ(all(steady(30s, 0.1)).size(), 3u);  // 0.1 * 30 is a little above 3 in binary
  EXPECT_EQ(all(steady(7s, 1.0 / 7)).size(), 1u);
}

TEST(ScheduleTest, ARampFollowsTheIntegralOfItsRate) {
  RateProfile profile;
  profile.add(10s, 0, 1000);
  EXPECT_DOUBLE_EQ(profile.total(), 5000);
  EXPECT_DOUBLE_EQ(profile.arrivals_before(5s), 1250);
  const auto planned = all(profile);
  EXPECT_EQ(planned.size(), 5000u);
  EXPECT_EQ(std::count_if(planned.begin(), planned.end(), [](auto t) { return t < 5'000'000'000; }),
            1250);
  EXPECT_TRUE(std::is_sorted(planned.begin(), planned.end()));
}

TEST(ScheduleTest, StagesMeetWithinOneArrivalAtEveryEdge) {
  RateProfile profile;
  profile.add(3s, 10, 10);
  profile.add(4s, 10, 210);
  profile.add(2s, 210, 210);
  profile.add(5s, 210, 0);
  const auto planned = all(profile);
  for (const auto edge : {3s, 7s, 9s, 14s}) {
    const auto due = std::count_if(planned.begin(), planned.end(),
                                   [edge](auto t) { return t < units::Duration(edge).count(); });
    EXPECT_NEAR(static_cast<double>(due), profile.arrivals_before(edge), 1) << edge.count();
  }
}

class StridedTest : public ::testing::TestWithParam<ArrivalKind> {};

TEST_P(StridedTest, TheThreadsTogetherHaveTheSameScheduleAsOne) {
  RateProfile profile;
  profile.add(2s, 100, 900);
  profile.add(3s, 900, 33.3);
  ArrivalOptions options;
  options.kind = GetParam();
  options.seed = 42;
  const auto one = all(profile, options);
  std::vector<std::int64_t> together;
  options.stride = 3;
  for (options.offset = 0; options.offset < 3; ++options.offset) {
    const auto share = all(profile, options);
    EXPECT_NEAR(static_cast<double>(share.size()), static_cast<double>(one.size()) / 3, 1);
    together.insert(together.end(), share.begin(), share.end());
  }
  std::sort(together.begin(), together.end());
  EXPECT_EQ(together, one);
}

INSTANTIATE_TEST_SUITE_P(Kinds, StridedTest,
                         testing::Values(ArrivalKind::kConstant, ArrivalKind::kPoisson),
                         [](const auto& kind) {
                           return kind.param == ArrivalKind::kConstant ? "Constant" : "Poisson";
                         });

TEST(ScheduleTest, PoissonGapsAreExponential) {
  ArrivalOptions options;
  options.kind = ArrivalKind::kPoisson;
  options.seed = 7;
  const auto planned = all(steady(100s, 1000), options);
  const auto n = static_cast<double>(planned.size());
  EXPECT_NEAR(n, 100'000, 4 * std::sqrt(100'000));
  std::vector<double> gaps;
  for (std::size_t k = 1; k < planned.size(); ++k)
    gaps.push_back(static_cast<double>(planned[k] - planned[k - 1]) / 1e6);
  std::sort(gaps.begin(), gaps.end());
  // Kolmogorov-Smirnov against 1 - exp(-x): 1.63 / sqrt(n) is the 1 % bound.
  double distance = 0;
  for (std::size_t i = 0; i < gaps.size(); ++i)
    distance = std::max(distance, std::abs(1 - std::exp(-gaps[i]) - static_cast<double>(i) / n));
  EXPECT_LT(distance, 1.63 / std::sqrt(n));
}

TEST(ScheduleTest, TheSeedDecidesThePoissonSchedule) {
  ArrivalOptions options;
  options.kind = ArrivalKind::kPoisson;
  const auto profile = steady(1s, 100);
  const auto first = all(profile, options);
  EXPECT_EQ(first, all(profile, options));
  options.seed = 2;
  EXPECT_NE(first, all(profile, options));
}

TEST(ScheduleTest, TheLimitCountsOnlyWhatComesAfterTheWarmUp) {
  ArrivalOptions options;
  options.counted_from = 2s;
  options.limit = 5;
  const auto planned = all(steady(10s, 10), options);
  ASSERT_EQ(planned.size(), 25u);
  EXPECT_EQ(planned.back(), 2'400'000'000);
}

TEST(ScheduleTest, ARateOfZeroHasNoArrivals) {
  EXPECT_TRUE(all(steady(10s, 0)).empty());
  RateProfile pause;
  pause.add(1s, 0, 0);
  pause.add(1s, 10, 10);
  const auto planned = all(pause);
  ASSERT_EQ(planned.size(), 10u);
  EXPECT_EQ(planned.front(), 1'000'000'000);
}

TEST(ShapeScheduleTest, HasEveryShapeWithinOneArrivalEverywhere) {
  using namespace shape;
  const std::pair<Shape, double> rows[] = {
      {Linear{10, 0, 1000}, 10},   {Linear{10, 500, 0}, 10},
      {Spike{200, 0, 2, 4}, 10},   {Spike{0, 300, 2, 4}, 10},
      {Sine{50, 50, 4, 0}, 20},    {Sine{0.5, 0.4, 60, 15}, 300},
      {Square{300, 0, 2, 0.3}, 9}, {Square{300, 40, 1.7, 0.5}, 9},
      {Sawtooth{300, 0, 0.7}, 9},  {Trace{{{1s, 50}, {3s, 400}, {4s, 0}, {6s, 90}}}, 10}};
  for (const auto& [form, length] : rows) {
    RateProfile profile;
    profile.add(units::from_seconds(length), form);
    Arrivals schedule(profile, {});
    std::vector<std::int64_t> planned;
    while (const auto next = schedule.next()) planned.push_back(*next);
    EXPECT_NEAR(static_cast<double>(planned.size()), form.integral(length), 1);
    std::size_t due = 0;
    for (int part = 1; part <= 100; ++part) {
      const double t = length * part / 100;
      while (due < planned.size() && static_cast<double>(planned[due]) < t * 1e9) ++due;
      EXPECT_NEAR(static_cast<double>(due), form.integral(t), 1.001) << t;
    }
  }
}

TEST(ShapeScheduleTest, TheThreadsTogetherHaveTheSameScheduleAsOne) {
  RateProfile profile;
  profile.add(20s, shape::Sine{50, 50, 7, 3});
  const auto share = [&profile](std::uint64_t stride, std::uint64_t offset) {
    ArrivalOptions options;
    options.stride = stride;
    options.offset = offset;
    Arrivals arrivals(profile, options);
    std::vector<std::int64_t> planned;
    while (const auto next = arrivals.next()) planned.push_back(*next);
    return planned;
  };
  const auto one = share(1, 0);
  for (std::uint64_t thread = 0; thread < 3; ++thread) {
    const auto some = share(3, thread);
    for (std::size_t k = 0; k < some.size(); ++k) EXPECT_EQ(some[k], one.at(k * 3 + thread));
  }
}

}  // namespace
}  // namespace plimsoll::loadgen::schedule

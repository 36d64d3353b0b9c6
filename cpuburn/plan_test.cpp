#include "cpuburn/plan.hpp"

#include <gtest/gtest.h>

namespace plimsoll::cpuburn {
namespace {

Limit limit_of(double cores) {
  return std::optional{cgroup::CpuLimit{{cores}, std::chrono::milliseconds{100}, 0, "cpu.max"}};
}
const Limit kNoLimit = std::optional<cgroup::CpuLimit>{};
const Limit kUnreadable = unavailable("cannot read /sys/fs/cgroup/cpu.max: Permission denied");

Options cores(double count) {
  Options options;
  options.cores = units::Cores{count};
  return options;
}
Options percent_of_limit(double value) {
  Options options;
  options.percent_of_limit = units::Percent{value};
  return options;
}

TEST(PlanTest, PercentagesAreOfTheLimit) {
  const auto result = plan(percent_of_limit(80), limit_of(0.5), 4);
  ASSERT_TRUE(result);
  EXPECT_DOUBLE_EQ(result->cores, 0.4);
  EXPECT_EQ(result->asked, "400m (80% of the limit of 500m)");
  EXPECT_FALSE(result->past_limit);
}

TEST(PlanTest, PercentagesOfTheNodeAreOfItsCpus) {
  Options options;
  options.percent_of_node = units::Percent{50};
  EXPECT_DOUBLE_EQ(plan(options, kNoLimit, 4)->cores, 2.0);
}

TEST(PlanTest, PercentagesOfTheRequestMayBeAboveAHundred) {
  Options options;
  options.percent_of_request = units::Percent{200};
  options.request = units::Cores{0.25};
  const auto result = plan(options, limit_of(1), 4);
  ASSERT_TRUE(result);
  EXPECT_DOUBLE_EQ(result->cores, 0.5);
  EXPECT_EQ(result->asked, "500m (200% of the request of 250m)");
}

TEST(PlanTest, AShapeThatStaysLowDoesNotCountAsItsGoal) {
  auto options = percent_of_limit(150);
  options.shape = shape::Shape{shape::Trace{{{units::Duration{0}, 0.5}}}};
  const auto result = plan(options, limit_of(0.5), 4);
  ASSERT_TRUE(result);
  EXPECT_FALSE(result->past_limit);
  EXPECT_EQ(result->threads, 1);
}

TEST(PlanTest, SlotsAreATenthOfAShortPeriod) {
  const auto of_period = [](std::chrono::milliseconds period) {
    return plan(cores(0.4), std::optional{cgroup::CpuLimit{{0.5}, period, 0, "cpu.max"}}, 4)->slot;
  };
  EXPECT_EQ(of_period(std::chrono::milliseconds{100}), std::chrono::milliseconds{10});
  EXPECT_EQ(of_period(std::chrono::milliseconds{20}), std::chrono::milliseconds{2});
  EXPECT_EQ(of_period(std::chrono::milliseconds{1}), std::chrono::milliseconds{1});
  EXPECT_EQ(plan(cores(0.4), kNoLimit, 4)->slot, std::chrono::milliseconds{10});
}

TEST(PlanTest, AbsurdAimsAreRefused) {
  EXPECT_EQ(plan(percent_of_limit(1e300), limit_of(0.5), 4).error().category,
            ErrorCategory::kInvalidInput);
  EXPECT_EQ(plan(cores(1e300), kNoLimit, 4).error().category, ErrorCategory::kInvalidInput);
}

TEST(PlanTest, ThreadsAreEnoughForTheAim) {
  EXPECT_EQ(plan(cores(0.4), kNoLimit, 4)->threads, 1);
  EXPECT_EQ(plan(cores(1.0), kNoLimit, 4)->threads, 1);
  EXPECT_EQ(plan(cores(1.5), kNoLimit, 4)->threads, 2);
}

TEST(PlanTest, PastTheLimitThereAreMoreThreadsThanTheQuotaHasCores) {
  const auto small = plan(percent_of_limit(150), limit_of(0.5), 4);
  ASSERT_TRUE(small);
  EXPECT_TRUE(small->past_limit);
  EXPECT_EQ(small->threads, 2);
  EXPECT_EQ(plan(percent_of_limit(110), limit_of(1.9), 4)->threads, 3);
  EXPECT_EQ(plan(percent_of_limit(110), limit_of(1.9), 2)->threads, 2);
}

TEST(PlanTest, CatchingUpStaysBelowTheLimit) {
  EXPECT_LT(plan(percent_of_limit(80), limit_of(0.5), 4)->ceiling, 0.5);
  EXPECT_GT(plan(percent_of_limit(80), limit_of(0.5), 4)->ceiling, 0.4);
  EXPECT_DOUBLE_EQ(plan(percent_of_limit(150), limit_of(0.5), 4)->ceiling, 2.0);
}

TEST(PlanTest, APercentageOfNoLimitIsBadUsageAndOfAnUnreadableOneAnEnvironmentError) {
  const auto none = plan(percent_of_limit(80), kNoLimit, 4);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().category, ErrorCategory::kInvalidInput);
  const auto unreadable = plan(percent_of_limit(80), kUnreadable, 4);
  ASSERT_FALSE(unreadable);
  EXPECT_EQ(unreadable.error().category, ErrorCategory::kUnavailable);
  EXPECT_NE(unreadable.error().message.find("cpu.max"), std::string::npos);
}

TEST(PlanTest, CoresNeedNoLimit) {
  EXPECT_TRUE(plan(cores(0.5), kNoLimit, 4));
  const auto unreadable = plan(cores(0.5), kUnreadable, 4);
  ASSERT_TRUE(unreadable);
  EXPECT_FALSE(unreadable->limit_cores);
}

TEST(PlanTest, MoreThanTheNodeHasIsRefusedUnlessTheLimitHoldsItAnyway) {
  EXPECT_EQ(plan(cores(3), kNoLimit, 2).error().category, ErrorCategory::kInvalidInput);
  EXPECT_TRUE(plan(percent_of_limit(500), limit_of(0.5), 2));
  const auto never_throttled = plan(percent_of_limit(150), limit_of(2), 2);
  ASSERT_FALSE(never_throttled);
  EXPECT_NE(never_throttled.error().message.find("never throttles"), std::string::npos);
}

TEST(PlanTest, NothingAndTooFewThreadsAreRefused) {
  EXPECT_EQ(plan(cores(0), kNoLimit, 2).error().category, ErrorCategory::kInvalidInput);
  auto options = cores(1.5);
  options.threads = 1;
  EXPECT_EQ(plan(options, kNoLimit, 2).error().category, ErrorCategory::kInvalidInput);
  options.threads = 4;
  EXPECT_EQ(plan(options, kNoLimit, 2)->threads, 4);
}

}  // namespace
}  // namespace plimsoll::cpuburn

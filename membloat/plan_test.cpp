#include "membloat/plan.hpp"

#include <gtest/gtest.h>

namespace plimsoll::membloat {
namespace {

constexpr std::uint64_t kMi = 1024 * 1024;

Surroundings container(std::uint64_t limit, std::uint64_t usage, std::uint64_t cache = 0) {
  Surroundings here;
  here.version = 1;
  here.limit = std::optional{cgroup::MemoryLimit{{limit}, 0, "memory.max"}};
  here.stat = cgroup::MemoryStat{{usage}, {}, 0, 0, {cache}};
  here.available = {8192 * kMi};
  return here;
}

Surroundings machine(std::uint64_t available) {
  Surroundings here;
  here.stat = cgroup::MemoryStat{{200 * kMi}, {}, 0, 0, {0}};
  here.available = {available};
  return here;
}

Options percent(double value) {
  Options options;
  options.percent_of_limit = units::Percent{value};
  return options;
}
Options bytes(std::uint64_t count) {
  Options options;
  options.bytes = units::Bytes{count};
  return options;
}

// Takes the steps as the kernel would grant them, up to the one that exceeds the limit.
struct Walk {
  std::uint64_t own = 0;
  int steps = 0;
  bool exceeded = false;
  std::uint64_t usage_before_exceeding = 0;
};
Walk walk(const Plan& plan, const Surroundings& here) {
  Walk result;
  while (result.steps < 1000) {
    const auto step = next_step(plan, result.own, here.stat->usage.count + result.own,
                                here.unreclaimable() + result.own, {});
    if (step.bytes == 0) break;
    ++result.steps;
    if (step.exceeds) {
      result.exceeded = true;
      result.usage_before_exceeding = here.unreclaimable() + result.own;
      result.own += step.bytes;
      break;
    }
    result.own += step.bytes;
  }
  return result;
}

TEST(PlanTest, WhatIsInUseIsSubtracted) {
  const auto here = container(64 * kMi, 10 * kMi);
  const auto result = plan(percent(50), here);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->goal, 32 * kMi);
  EXPECT_FALSE(result->past_limit);
  EXPECT_EQ(walk(*result, here).own, 22 * kMi);
}

TEST(PlanTest, TheLastFewPagesOfTheContainersUseAreNotChased) {
  const auto here = container(64 * kMi, 0);
  const auto result = plan(percent(50), here);
  ASSERT_TRUE(result);
  EXPECT_EQ(next_step(*result, 0, 32 * kMi - 32 * 1024, 0, {}).bytes, 0U);
  EXPECT_EQ(next_step(*result, 0, 32 * kMi - 128 * 1024, 0, {}).bytes, 128U * 1024);
}

TEST(PlanTest, BytesAreItsOwn) {
  const auto here = container(64 * kMi, 10 * kMi);
  EXPECT_EQ(walk(*plan(bytes(20 * kMi), here), here).own, 20 * kMi);
}

TEST(PlanTest, LeaveKeepsThatMuchBelowTheLimit) {
  Options options;
  options.leave = units::Bytes{4 * kMi};
  EXPECT_EQ(plan(options, container(64 * kMi, kMi))->goal, 60 * kMi);
  options.leave = units::Bytes{64 * kMi};
  EXPECT_EQ(plan(options, container(64 * kMi, kMi)).error().category, ErrorCategory::kInvalidInput);
}

TEST(PlanTest, TheLimitItselfIsApproachedAndNotExceeded) {
  const auto here = container(64 * kMi, kMi);
  const auto result = plan(percent(100), here);
  ASSERT_TRUE(result);
  EXPECT_FALSE(result->past_limit);
  const auto taken = walk(*result, here);
  EXPECT_LT(taken.own + kMi, 64 * kMi);
  EXPECT_GT(taken.own + kMi, 63 * kMi);
}

TEST(PlanTest, PastTheLimitTheLastStepIsAnnouncedShortOfIt) {
  const auto here = container(64 * kMi, 10 * kMi);
  const auto result = plan(percent(120), here);
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->past_limit);
  const auto taken = walk(*result, here);
  EXPECT_TRUE(taken.exceeded);
  EXPECT_GT(taken.usage_before_exceeding, 62 * kMi);
  EXPECT_LT(taken.usage_before_exceeding, 64 * kMi);
  EXPECT_GT(taken.own + 10 * kMi, 64 * kMi);
}

// The kernel drops page cache before it kills: 20 % over the limit has to be more than that.
TEST(PlanTest, PageCacheDoesNotStandForMemoryPastTheLimit) {
  const auto here = container(64 * kMi, 40 * kMi, 38 * kMi);
  const auto taken = walk(*plan(percent(120), here), here);
  EXPECT_TRUE(taken.exceeded);
  EXPECT_GT(taken.own + 2 * kMi, 64 * kMi);
  EXPECT_FALSE(plan(bytes(50 * kMi), here)->past_limit);
  EXPECT_TRUE(plan(bytes(63 * kMi), here)->past_limit);
}

TEST(PlanTest, WithoutALimitFourFifthsOfWhatIsAvailableIsTheMost) {
  EXPECT_TRUE(plan(bytes(800 * kMi), machine(1000 * kMi)));
  const auto refused = plan(bytes(801 * kMi), machine(1000 * kMi));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().category, ErrorCategory::kUnavailable);
}

TEST(PlanTest, ForcedItBeginsWhereTheMachineHasTooLittle) {
  auto options = bytes(801 * kMi);
  options.force = true;
  EXPECT_TRUE(plan(options, machine(1000 * kMi)));
}

TEST(PlanTest, PageCacheAndShapesDoNotGoPastALimit) {
  const auto here = container(64 * kMi, kMi);
  auto options = percent(120);
  options.kind = Kind::kPageCache;
  EXPECT_EQ(plan(options, here).error().category, ErrorCategory::kInvalidInput);
  options.kind = Kind::kMemfd;
  EXPECT_TRUE(plan(options, here));
  options.shape = shape::Shape{};
  EXPECT_EQ(plan(options, here).error().category, ErrorCategory::kInvalidInput);
}

TEST(PlanTest, LockedMemoryNeedsTheRightToIt) {
  auto here = container(64 * kMi, kMi);
  auto options = bytes(8 * kMi);
  options.kind = Kind::kMlock;
  EXPECT_TRUE(plan(options, here));
  here.lockable = units::Bytes{64 * 1024};
  const auto refused = plan(options, here);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().category, ErrorCategory::kUnavailable);
  EXPECT_NE(refused.error().message.find("may lock 64Ki"), std::string::npos);
  options.kind = Kind::kAnonymous;
  EXPECT_TRUE(plan(options, here));
}

TEST(PlanTest, ALimitAboveWhatTheMachineHasDoesNotEndangerIt) {
  auto here = container(64 * 1024 * kMi, 10 * kMi);
  EXPECT_EQ(plan(percent(90), here).error().category, ErrorCategory::kUnavailable);
  EXPECT_EQ(plan(percent(120), here).error().category, ErrorCategory::kUnavailable);
  EXPECT_TRUE(plan(percent(1), here));
}

TEST(PlanTest, PercentagesNeedALimitThatIsSetAndReadable) {
  EXPECT_EQ(plan(percent(80), machine(kMi)).error().category, ErrorCategory::kInvalidInput);
  auto unreadable = machine(1000 * kMi);
  unreadable.limit = unavailable("cannot read memory.max: Permission denied");
  EXPECT_EQ(plan(percent(80), unreadable).error().category, ErrorCategory::kUnavailable);
  EXPECT_TRUE(plan(bytes(kMi), unreadable));
}

TEST(PlanTest, NothingAndAbsurdlyMuchAreRefused) {
  EXPECT_EQ(plan(bytes(0), machine(kMi)).error().category, ErrorCategory::kInvalidInput);
  EXPECT_EQ(plan(percent(0), container(kMi, 0)).error().category, ErrorCategory::kInvalidInput);
  EXPECT_EQ(plan(percent(1e30), container(kMi, 0)).error().category, ErrorCategory::kInvalidInput);
}

TEST(PlanTest, WithARateNoStepTakesLongerThanASecond) {
  const auto here = container(640 * kMi, 0);
  const auto result = plan(percent(90), here);
  ASSERT_TRUE(result);
  EXPECT_EQ(next_step(*result, 0, 0, 0, units::Bytes{2 * kMi}).bytes, 2 * kMi);
  EXPECT_EQ(next_step(*result, 0, 0, 0, units::Bytes{1}).bytes, kPage);
}

TEST(PlanTest, RatesAreReadWithAndWithoutTheSecond) {
  EXPECT_EQ(parse_byte_rate("10Mi/s")->count, 10 * kMi);
  EXPECT_EQ(parse_byte_rate("10Mi")->count, 10 * kMi);
  for (const auto* text : {"", "/s", "0", "10Mi/m", "fast"})
    EXPECT_FALSE(parse_byte_rate(text)) << text;
}

}  // namespace
}  // namespace plimsoll::membloat

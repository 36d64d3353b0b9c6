#include "cpuburn/explain.hpp"

#include <gtest/gtest.h>

namespace plimsoll::cpuburn {
namespace {

Here place(std::optional<double> limit, int version) {
  Here here{std::optional<cgroup::CpuLimit>{}, version, 4};
  if (limit)
    here.limit =
        std::optional{cgroup::CpuLimit{{*limit}, std::chrono::milliseconds{100}, 0, "cpu.max"}};
  return here;
}

std::string explained(const Options& options, const Here& here) {
  return explain(options, here, plan(options, here.limit, here.cpus));
}

Options percent_of_limit(double value) {
  Options options;
  options.percent_of_limit = units::Percent{value};
  return options;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(ExplainTest, BelowTheLimitItSaysHowMuchRoomTheRestHas) {
  const auto text = explained(percent_of_limit(80), place(0.5, 1));
  EXPECT_TRUE(has(text, "version 1")) << text;
  EXPECT_TRUE(has(text, "500m: 50.0ms of CPU time in each period of 100ms (cpu.max)")) << text;
  EXPECT_TRUE(has(text, "400m (80% of the limit of 500m) by 1 thread")) << text;
  EXPECT_TRUE(has(text, "no throttling, as long as the rest of the container uses less than 100m"))
      << text;
}

TEST(ExplainTest, PastTheLimitItSaysThatUseStaysThereAndPeriodsAreThrottled) {
  const auto text = explained(percent_of_limit(150), place(0.5, 2));
  EXPECT_TRUE(has(text, "use stays at 500m")) << text;
  EXPECT_TRUE(has(text, "cpu.pressure some about 75%")) << text;
  EXPECT_FALSE(has(explained(percent_of_limit(150), place(0.5, 1)), "pressure"));
}

TEST(ExplainTest, CoresAboveTheLimitAreForetoldAsNotReached) {
  Options options;
  options.cores = units::Cores{1};
  EXPECT_TRUE(has(explained(options, place(0.5, 1)), "not reached (3)"));
}

TEST(ExplainTest, WithoutALimitNothingThrottles) {
  Options options;
  options.cores = units::Cores{1};
  const auto text = explained(options, place({}, 2));
  EXPECT_TRUE(has(text, "none is set: nothing throttles this container")) << text;
}

TEST(ExplainTest, OfARefusedPlanThePlaceIsTold) {
  const auto text = explained(percent_of_limit(80), place({}, 2));
  EXPECT_TRUE(has(text, "none is set")) << text;
  EXPECT_FALSE(has(text, "expect")) << text;
}

TEST(ExplainTest, ALimitThatCannotBeReadIsQuoted) {
  Here here = place({}, 1);
  here.limit = unavailable("cannot read cpu.cfs_quota_us: Permission denied");
  EXPECT_TRUE(has(explained(percent_of_limit(80), here), "cpu.cfs_quota_us: Permission denied"));
}

TEST(ExplainTest, ShapeRampAndEndsAreTold) {
  Options options;
  options.cores = units::Cores{1};
  options.ramp = std::chrono::seconds{5};
  options.shape = *shape::Shape::parse("square:period=10s,duty=25%");
  options.lifelines.until_stdin_closes = true;
  options.lifelines.heartbeat = "/tmp/beat";
  const auto text = explained(options, place({}, 1));
  EXPECT_TRUE(has(text, "rising in the first 5.00s, shaped: 250m on average")) << text;
  EXPECT_TRUE(has(text, "when standard input closes, and when nobody touches /tmp/beat")) << text;
}

}  // namespace
}  // namespace plimsoll::cpuburn

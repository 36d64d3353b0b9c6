#include "reports/page/axis.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace plimsoll::reports::page {
namespace {

using Ticks = std::vector<double>;

TEST(ValueAxisTest, StartsAtZeroAndEndsOnARoundNumber) {
  EXPECT_EQ(value_axis({1, 4}, "").ticks, (Ticks{0, 1, 2, 3, 4}));
  EXPECT_EQ(value_axis({7, 93}, "").ticks, (Ticks{0, 50, 100}));
  EXPECT_EQ(value_axis({-3, 3}, "").ticks, (Ticks{-4, -2, 0, 2, 4}));
  EXPECT_DOUBLE_EQ(value_axis({0.25}, "cores").ticks.back(), 0.3);
}

TEST(ValueAxisTest, WholeNumbersGetWholeTicks) {
  EXPECT_EQ(value_axis({0, 1}, "").ticks, (Ticks{0, 1}));
  EXPECT_EQ(value_axis({0, 2}, "").ticks, (Ticks{0, 1, 2}));
}

TEST(ValueAxisTest, BytesGetPowersOfTwo) {
  constexpr double kMi = 1024 * 1024;
  EXPECT_EQ(value_axis({9e6, 128 * kMi}, "bytes").ticks,
            (Ticks{0, 32 * kMi, 64 * kMi, 96 * kMi, 128 * kMi}));
}

TEST(ValueAxisTest, SurvivesNoValuesAndValuesThatAreNoNumbers) {
  for (const auto& axis :
       {value_axis({}), value_axis({NAN, INFINITY, 1e300}, ""), value_axis({0, 0}, "bytes")}) {
    EXPECT_LT(axis.low, axis.high);
    EXPECT_GE(axis.ticks.size(), 2U);
    EXPECT_LE(axis.ticks.size(), 7U);
  }
}

TEST(TimeAxisTest, HasFewTicksOnRoundTimesForAnyDuration) {
  for (const double seconds : {0.01, 0.7, 3.0, 59.0, 90.0, 251.0, 900.0, 4000.0, 90000.0, 1e9}) {
    const auto axis = time_axis(seconds);
    EXPECT_GE(axis.ticks.size(), 2U) << seconds;
    EXPECT_LE(axis.ticks.size(), 7U) << seconds;
    EXPECT_EQ(axis.high, seconds);
  }
  EXPECT_EQ(time_axis(251).ticks, (Ticks{0, 60, 120, 180, 240}));
  EXPECT_EQ(time_axis(NAN).high, 1);
}

TEST(AxisTest, HoldsWhatIsOutsideToItsEnds) {
  const Axis axis{10, 20, {}};
  EXPECT_DOUBLE_EQ(axis.place(15), 0.5);
  EXPECT_DOUBLE_EQ(axis.place(INFINITY), 1);
  EXPECT_DOUBLE_EQ(axis.place(-1), 0);
  EXPECT_DOUBLE_EQ(axis.place(NAN), 0);
}

TEST(FormatValueTest, FollowsTheUnit) {
  EXPECT_EQ(format_value(134217728, "bytes"), "128Mi");
  EXPECT_EQ(format_value(0.7, "ratio"), "70%");
  EXPECT_EQ(format_value(0.1 + 0.2, "cores"), "0.3");
  EXPECT_EQ(format_value(0.300248, "cores"), "0.3002");
  EXPECT_EQ(format_value(123456, ""), "123456");
  EXPECT_EQ(format_value(NAN, ""), "-");
}

}  // namespace
}  // namespace plimsoll::reports::page

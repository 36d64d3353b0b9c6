#include "core/shape/shape.hpp"

#include <gtest/gtest.h>

namespace plimsoll::shape {
namespace {

using namespace std::chrono_literals;

Shape shape(std::string_view text) {
  const auto parsed = Shape::parse_share(text);
  EXPECT_TRUE(parsed) << parsed.error().message;
  return parsed ? *parsed : Shape{};
}

Shape trace(std::string_view text) { return Shape{parse_trace("t", text)->trace}; }

TEST(ShapeTest, WithoutAShapeTheGoalIsHeldFromTheStart) {
  EXPECT_EQ(Shape{}.at(0s), 1);
  EXPECT_EQ(Shape{}.at(9h), 1);
}

TEST(ShapeTest, ARampRisesFromNothingAndEndsAtTheGoal) {
  const auto ramped = Ramped({}, 10s);
  EXPECT_EQ(ramped.at(0s), 0);
  EXPECT_DOUBLE_EQ(ramped.at(5s), 0.5);
  EXPECT_EQ(ramped.at(10s), 1);
}

TEST(ShapeTest, ASquareIsHighForItsDutyAndThenLow) {
  const auto square = shape("square:period=10s,low=10%,duty=30%");
  EXPECT_EQ(square.at(0s), 1);
  EXPECT_EQ(square.at(2999ms), 1);
  EXPECT_DOUBLE_EQ(square.at(3s), 0.1);
  EXPECT_DOUBLE_EQ(square.at(9999ms), 0.1);
  EXPECT_EQ(square.at(10s), 1);
  EXPECT_NEAR(square.mean(0s, 20s), 0.3 + 0.7 * 0.1, 1e-3);
  EXPECT_EQ(shape("square:period=10s").at(5s), 0);
}

TEST(ShapeTest, ASineStartsLowAndIsAtTheGoalHalfAPeriodLater) {
  const auto sine = shape("sine:period=1m,low=20%");
  EXPECT_DOUBLE_EQ(sine.at(0s), 0.2);
  EXPECT_DOUBLE_EQ(sine.at(30s), 1);
  EXPECT_NEAR(sine.at(15s), 0.6, 1e-9);
  EXPECT_NEAR(sine.mean(0s, 1min), 0.6, 1e-6);
}

TEST(ShapeTest, ASawtoothRisesAndFallsAtOnce) {
  const auto saw = shape("sawtooth:period=10s,low=50%");
  EXPECT_DOUBLE_EQ(saw.at(0s), 0.5);
  EXPECT_DOUBLE_EQ(saw.at(5s), 0.75);
  EXPECT_NEAR(saw.at(9999ms), 1, 1e-3);
  EXPECT_DOUBLE_EQ(saw.at(10s), 0.5);
}

TEST(ShapeTest, ATraceIsStraightBetweenItsPointsAndStaysAtItsEnds) {
  const auto recorded = trace("# from production\n10s 20%\n\n20s, 60%  # peak\n30s 0\n");
  EXPECT_DOUBLE_EQ(recorded.at(0s), 0.2);
  EXPECT_DOUBLE_EQ(recorded.at(15s), 0.4);
  EXPECT_DOUBLE_EQ(recorded.at(20s), 0.6);
  EXPECT_DOUBLE_EQ(recorded.at(25s), 0.3);
  EXPECT_DOUBLE_EQ(recorded.at(1h), 0);
  EXPECT_DOUBLE_EQ(recorded.peak(), 0.6);
}

TEST(ShapeTest, FormsWithRatesTakeSharesToo) {
  const auto spike = shape("spike:base=10%,peak=90%,at=3s,for=2s");
  EXPECT_DOUBLE_EQ(spike.at(0s), 0.1);
  EXPECT_DOUBLE_EQ(spike.at(3s), 0.9);
  EXPECT_DOUBLE_EQ(spike.peak(), 0.9);
  const auto sine = shape("sine:mean=50%,amplitude=40%,period=4s");
  EXPECT_DOUBLE_EQ(sine.at(1s), 0.9);
}

TEST(ShapeTest, TimesARateItIsARate) {
  const auto rate = shape("sawtooth:period=10s,low=50%").times(200);
  EXPECT_EQ(rate.unit(), Unit::kRate);
  EXPECT_DOUBLE_EQ(rate.at(5s), 150);
  const auto recorded = parse_trace("t", "0s 10/s\n10s 30/s\n");
  ASSERT_TRUE(recorded);
  EXPECT_EQ(recorded->unit, Unit::kRate);
  EXPECT_DOUBLE_EQ(recorded->trace.integral(10), 200);
  EXPECT_FALSE(parse_trace("t", "0s 10/s\n10s 30%\n"));
}

TEST(ShapeTest, MistakesInATraceAreNamedByFileAndLine) {
  struct Case {
    std::string_view text, message;
  };
  for (const auto& [text, message] : {
           Case{"", "t: no line 'TIME SHARE', such as '30s 80%', in it"},
           Case{"0s 10%\n5s\n", "t:2: expected 'TIME SHARE', such as '30s 80%'"},
           Case{"0s 10% 20%\n", "t:1: expected 'TIME SHARE', such as '30s 80%'"},
           Case{"5s 10%\n5s 20%\n", "t:2: times must rise"},
           Case{"0s 120%\n", "t:1: 120% is a share above 100%; ask for more instead"},
           Case{"5 10%\n", "t:1: '5' is not a duration: write it as 250ms, 30s, 2m or 1h30m"},
       }) {
    const auto parsed = parse_trace("t", text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().message, message);
    EXPECT_EQ(parsed.error().category, ErrorCategory::kInvalidInput);
  }
}

TEST(ShapeTest, WhatIsNotAShapeIsRefused) {
  for (const auto* text :
       {"", "square", "square:", "square:low=10%", "square:period=0s", "square:period=50ms",
        "square:period=10s,low=101%", "square:period=10s,width=3", "sine:period=10s,duty=10%",
        "sine:period=abc", "triangle:period=3s", "trace:", "trace:/does/not/exist",
        "square:period=10s,duty", "spike:base=1/s,peak=2/s,at=1s,for=1s",
        "sine:mean=10%,amplitude=20%,period=1s", "spike:base=10%,peak=2/s,at=1s,for=1s",
        "square:period=1s,low=1/s", "sine:mean=20%,amplitude=10%,period=50ms"}) {
    const auto parsed = Shape::parse_share(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().category, ErrorCategory::kInvalidInput);
    EXPECT_EQ(parsed.error().message.find('\n'), std::string::npos);
  }
}

}  // namespace
}  // namespace plimsoll::shape

// Every shape: N(t) is the integral of its rate, and time_of() is its inverse.
#include "loadgen/schedule/shape.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "loadgen/schedule/schedule.hpp"

namespace plimsoll::loadgen::schedule {
namespace {

using namespace std::chrono_literals;

struct Row {
  const char* name;
  Shape shape;
  double length;
};

class ShapeTest : public ::testing::TestWithParam<Row> {};

TEST_P(ShapeTest, ArrivalsAreTheIntegralOfTheRate) {
  const auto& [name, shape, length] = GetParam();
  constexpr int kSteps = 200'000;
  const double step = length / kSteps;
  double integral = 0;
  for (int i = 0; i < kSteps; ++i) {
    integral += rate(shape, (i + 0.5) * step) * step;
    if (i % 20'000 == 19'999) {
      EXPECT_NEAR(arrivals(shape, (i + 1) * step), integral, 1e-2) << (i + 1) * step;
    }
  }
  EXPECT_DOUBLE_EQ(arrivals(shape, 0), 0);
}

TEST_P(ShapeTest, TimeOfIsTheInverseAndNeverFalls) {
  const auto& [name, shape, length] = GetParam();
  const double total = arrivals(shape, length);
  double last = 0;
  for (double x = 0; x < total - 1e-6; x += total / 5000) {
    const double t = time_of(shape, x);
    ASSERT_GE(t, last) << x;
    ASSERT_LE(t, length) << x;
    ASSERT_NEAR(arrivals(shape, t), x, 1e-6) << t;
    last = t;
  }
}

TEST_P(ShapeTest, TheScheduleHasItWithinOneArrivalEverywhere) {
  const auto& [name, shape, length] = GetParam();
  RateProfile profile;
  profile.add(units::from_seconds(length), shape);
  Arrivals schedule(profile, {});
  std::vector<std::int64_t> planned;
  while (const auto next = schedule.next()) planned.push_back(*next);
  EXPECT_NEAR(static_cast<double>(planned.size()), arrivals(shape, length), 1);
  std::size_t due = 0;
  for (int part = 1; part <= 100; ++part) {
    const double t = length * part / 100;
    while (due < planned.size() && static_cast<double>(planned[due]) < t * 1e9) ++due;
    EXPECT_NEAR(static_cast<double>(due), arrivals(shape, t), 1.001) << t;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, ShapeTest,
    testing::Values(
        Row{"Constant", Linear{10, 100, 100}, 10}, Row{"Up", Linear{10, 0, 1000}, 10},
        Row{"Down", Linear{10, 500, 0}, 10}, Row{"Spike", Spike{100, 1000, 3, 0.5}, 10},
        Row{"Dip", Spike{200, 0, 2, 4}, 10}, Row{"SpikeFromNothing", Spike{0, 300, 2, 4}, 10},
        Row{"SpikeAtTheEdges", Spike{50, 300, 0, 10}, 10}, Row{"Sine", Sine{500, 400, 4, 0}, 10},
        Row{"SineToZero", Sine{50, 50, 4, 0}, 20}, Row{"SineShifted", Sine{100, 60, 7, 2}, 20},
        Row{"SineFlat", Sine{70, 0, 5, 0}, 9}, Row{"SineSlow", Sine{0.5, 0.4, 60, 15}, 300}),
    [](const auto& row) { return row.param.name; });

TEST(SineTest, HasTheTextbookCountAtEachQuarter) {
  const Sine sine{500, 400, 60, 0};
  const double swing = 400 * 60 / (2 * std::numbers::pi);
  EXPECT_NEAR(sine.arrivals(15), 500 * 15 + swing, 1e-6);
  EXPECT_NEAR(sine.arrivals(30), 500 * 30 + 2 * swing, 1e-6);
  EXPECT_NEAR(sine.arrivals(60), 500 * 60, 1e-6);
  EXPECT_NEAR(sine.rate(15), 900, 1e-9);
  EXPECT_NEAR((Sine{500, 400, 60, 45}).rate(0), 100, 1e-9);
}

TEST(SineTest, TheThreadsTogetherHaveTheSameScheduleAsOne) {
  RateProfile profile;
  profile.add(20s, Sine{50, 50, 7, 3});
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

TEST(ParseShapeTest, ReadsEveryKey) {
  const auto spike = parse_shape("spike:base=100/s,peak=60/m,at=30s,for=500ms");
  ASSERT_TRUE(spike) << spike.error().message;
  const auto& read = std::get<Spike>(*spike);
  EXPECT_EQ(read.base, 100);
  EXPECT_EQ(read.peak, 1);
  EXPECT_EQ(read.at, 30);
  EXPECT_EQ(read.width, 0.5);
  const auto sine = parse_shape("sine:mean=1/10s,period=1m,amplitude=0.05/s,shift=15s");
  ASSERT_TRUE(sine) << sine.error().message;
  const auto& wave = std::get<Sine>(*sine);
  EXPECT_DOUBLE_EQ(wave.mean, 0.1);
  EXPECT_EQ(wave.period, 60);
  EXPECT_EQ(wave.shift, 15);
}

TEST(ParseShapeTest, BadTextsAreRefusedInOneLineThatQuotesThem) {
  for (const auto* text :
       {"", "spike", "ramp:a=1", "spike:", "spike:base=1/s,peak=2/s,at=1s",
        "spike:base=1/s,peak=2/s,at=1s,for=0s", "spike:base=1/s,peak=2/s,at=1s,for=1s,x=1",
        "spike:base=1/s,base=1/s,peak=2/s,at=1s,for=1s", "spike:base,peak=2/s,at=1s,for=1s",
        "spike:base=fast,peak=2/s,at=1s,for=1s", "spike:base=1/s,peak=2/s,at=1,for=1s",
        "spike:base=1/s,peak=2000000000/s,at=1s,for=1s", "sine:mean=1/s,amplitude=2/s,period=1s",
        "sine:mean=2/s,amplitude=1/s,period=0s", "sine:mean=2/s,amplitude=1/s"}) {
    const auto shape = parse_shape(text);
    ASSERT_FALSE(shape) << text;
    EXPECT_EQ(shape.error().category, ErrorCategory::kInvalidInput);
    EXPECT_NE(shape.error().message.find(fmt::format("'{}'", text)), std::string::npos);
    EXPECT_EQ(shape.error().message.find('\n'), std::string::npos);
  }
}

TEST(ShapePartsTest, ASpikeHasABeforeAndAnAfterWhereThereIsTime) {
  const auto names = [](const Shape& shape) {
    std::string joined;
    for (const auto& part : *parts(shape, 10)) joined += part.name + " ";
    return joined;
  };
  EXPECT_EQ(names(Spike{1, 2, 3, 4}), "before spike after ");
  EXPECT_EQ(names(Spike{1, 2, 0, 4}), "spike after ");
  EXPECT_EQ(names(Spike{1, 2, 6, 4}), "before spike ");
  EXPECT_EQ(names(Sine{1, 1, 1, 0}), "main ");
  EXPECT_FALSE(parts(Spike{1, 2, 7, 4}, 10));
}

}  // namespace
}  // namespace plimsoll::loadgen::schedule

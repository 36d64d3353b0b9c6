// Every form: integral() is the integral of value(), and time_of() is its inverse.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "core/shape/shape.hpp"

namespace plimsoll::shape {
namespace {

using namespace std::chrono_literals;

struct Row {
  const char* name;
  Shape shape;
  double length;
};

class FormTest : public ::testing::TestWithParam<Row> {};

TEST_P(FormTest, IntegralIsThatOfTheValue) {
  const auto& [name, shape, length] = GetParam();
  constexpr int kSteps = 200'000;
  const double step = length / kSteps;
  double integral = 0;
  for (int i = 0; i < kSteps; ++i) {
    integral += shape.value((i + 0.5) * step) * step;
    if (i % 20'000 == 19'999) {
      EXPECT_NEAR(shape.integral((i + 1) * step), integral, 1e-2) << (i + 1) * step;
    }
  }
  EXPECT_DOUBLE_EQ(shape.integral(0), 0);
}

TEST_P(FormTest, TimeOfIsTheInverseAndNeverFalls) {
  const auto& [name, shape, length] = GetParam();
  const double total = shape.integral(length);
  double last = 0;
  for (double x = 0; x < total - 1e-6; x += total / 5000) {
    const double t = shape.time_of(x);
    ASSERT_GE(t, last) << x;
    ASSERT_LE(t, length) << x;
    ASSERT_NEAR(shape.integral(t), x, 1e-6) << t;
    last = t;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, FormTest,
    testing::Values(
        Row{"Constant", Linear{10, 100, 100}, 10}, Row{"Up", Linear{10, 0, 1000}, 10},
        Row{"Down", Linear{10, 500, 0}, 10}, Row{"Spike", Spike{100, 1000, 3, 0.5}, 10},
        Row{"Dip", Spike{200, 0, 2, 4}, 10}, Row{"SpikeFromNothing", Spike{0, 300, 2, 4}, 10},
        Row{"SpikeAtTheEdges", Spike{50, 300, 0, 10}, 10}, Row{"Sine", Sine{500, 400, 4, 0}, 10},
        Row{"SineToZero", Sine{50, 50, 4, 0}, 20}, Row{"SineShifted", Sine{100, 60, 7, 2}, 20},
        Row{"SineFlat", Sine{70, 0, 5, 0}, 9}, Row{"SineSlow", Sine{0.5, 0.4, 60, 15}, 300},
        Row{"SquareToZero", Square{300, 0, 2, 0.3}, 9}, Row{"SquareOff", Square{300, 50, 2, 0}, 9},
        Row{"Square", Square{300, 40, 1.7, 0.5}, 9}, Row{"Sawtooth", Sawtooth{300, 20, 2}, 9},
        Row{"SawtoothFromZero", Sawtooth{300, 0, 0.7}, 9},
        Row{"Trace", Trace{{{1s, 50}, {3s, 400}, {4s, 0}, {6s, 0}, {7s, 90}}}, 10},
        Row{"Share", Shape{Sawtooth{1, 0.5, 2}}.times(200), 9}),
    [](const auto& row) { return row.param.name; });

TEST(SineTest, HasTheTextbookCountAtEachQuarter) {
  const Sine sine{500, 400, 60, 0};
  const double swing = 400 * 60 / (2 * std::numbers::pi);
  EXPECT_NEAR(sine.integral(15), 500 * 15 + swing, 1e-6);
  EXPECT_NEAR(sine.integral(30), 500 * 30 + 2 * swing, 1e-6);
  EXPECT_NEAR(sine.integral(60), 500 * 60, 1e-6);
  EXPECT_NEAR(sine.value(15), 900, 1e-9);
  EXPECT_NEAR((Sine{500, 400, 60, 45}).value(0), 100, 1e-9);
}

TEST(ParseFormTest, ReadsEveryKey) {
  const auto spike = Shape::parse("spike:base=100/s,peak=60/m,at=30s,for=500ms");
  ASSERT_TRUE(spike) << spike.error().message;
  const auto& read = std::get<Spike>(spike->form());
  EXPECT_EQ(read.base, 100);
  EXPECT_EQ(read.peak, 1);
  EXPECT_EQ(read.at, 30);
  EXPECT_EQ(read.width, 0.5);
  const auto sine = Shape::parse("sine:mean=1/10s,period=1m,amplitude=0.05/s,shift=15s");
  ASSERT_TRUE(sine) << sine.error().message;
  const auto& wave = std::get<Sine>(sine->form());
  EXPECT_DOUBLE_EQ(wave.mean, 0.1);
  EXPECT_EQ(wave.period, 60);
  EXPECT_EQ(wave.shift, 15);
}

TEST(ParseFormTest, BadTextsAreRefusedInOneLineThatQuotesThem) {
  for (const auto* text :
       {"", "spike", "ramp:a=1", "spike:", "spike:base=1/s,peak=2/s,at=1s",
        "spike:base=1/s,peak=2/s,at=1s,for=0s", "spike:base=1/s,peak=2/s,at=1s,for=1s,x=1",
        "spike:base=1/s,base=1/s,peak=2/s,at=1s,for=1s", "spike:base,peak=2/s,at=1s,for=1s",
        "spike:base=fast,peak=2/s,at=1s,for=1s", "spike:base=1/s,peak=2/s,at=1,for=1s",
        "spike:base=1/s,peak=2000000000/s,at=1s,for=1s", "sine:mean=1/s,amplitude=2/s,period=1s",
        "sine:mean=2/s,amplitude=1/s,period=0s", "sine:mean=2/s,amplitude=1/s"}) {
    const auto shape = Shape::parse(text);
    ASSERT_FALSE(shape) << text;
    EXPECT_EQ(shape.error().category, ErrorCategory::kInvalidInput);
    EXPECT_NE(shape.error().message.find(fmt::format("'{}'", text)), std::string::npos);
    EXPECT_EQ(shape.error().message.find('\n'), std::string::npos);
  }
}

}  // namespace
}  // namespace plimsoll::shape

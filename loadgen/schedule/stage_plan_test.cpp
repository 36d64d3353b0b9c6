// The plans that follow from stages and shapes.
#include <gtest/gtest.h>

#include "loadgen/plan/plan.hpp"
#include "loadgen/schedule/parts.hpp"

namespace plimsoll::loadgen::schedule {
namespace {

using namespace std::chrono_literals;

plan::Options with_stages(std::vector<const char*> texts) {
  plan::Options options;
  options.url = "http://h/";
  for (const auto* text : texts) options.stages.push_back(*shape::parse_stage(text));
  return options;
}

TEST(StagePlanTest, AStepHasItsRateFromTheStart) {
  const auto plan = make_plan(with_stages({"up=10s:100/s", "10s:=300/s", "10s:0/s"}));
  ASSERT_TRUE(plan) << plan.error().message;
  ASSERT_EQ(plan->phases.size(), 3u);
  EXPECT_EQ(plan->phases[0].name, "up");
  EXPECT_EQ(plan->phases[1].name, "stage 2");
  EXPECT_EQ(plan->phases[1].from_rate, 300);
  EXPECT_EQ(plan->phases[2].from_rate, 300);
  EXPECT_DOUBLE_EQ(plan->profile.arrivals_before(10s), 500);
  EXPECT_DOUBLE_EQ(plan->profile.arrivals_before(20s), 3500);
  EXPECT_DOUBLE_EQ(plan->profile.total(), 5000);
}

TEST(StagePlanTest, NamesMustDiffer) {
  EXPECT_FALSE(make_plan(with_stages({"a=1s:1/s", "a=1s:1/s"})));
  EXPECT_FALSE(make_plan(with_stages({"stage 2=1s:1/s", "1s:1/s"})));
  EXPECT_TRUE(make_plan(with_stages({"a=1s:1/s", "b=1s:1/s"})));
}

plan::Options with_shape(const char* text) {
  plan::Options options;
  options.url = "http://h/";
  options.shape = plan::ShapeOption{text, *shape::Shape::parse(text)};
  options.duration = 10s;
  return options;
}

TEST(ShapePlanTest, ASpikeIsThreePhasesAfterAWarmUpAtItsBase) {
  auto options = with_shape("spike:base=10/s,peak=100/s,at=3s,for=2s");
  options.warmup = 4s;
  const auto plan = make_plan(options);
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_TRUE(plan->open_loop);
  ASSERT_EQ(plan->phases.size(), 4u);
  EXPECT_EQ(plan->phases[2].name, "spike");
  EXPECT_EQ(plan->phases[2].start, 7s);
  EXPECT_EQ(plan->phases[2].duration, 2s);
  EXPECT_EQ(plan->phases[2].from_rate, 100);
  EXPECT_EQ(plan->phases[2].to_rate, 100);
  EXPECT_EQ(plan->phases[3].to_rate, 10);
  EXPECT_EQ(plan->duration, 14s);
  EXPECT_DOUBLE_EQ(plan->profile.total(), 40 + 80 + 200);
}

TEST(ShapePlanTest, SharesAreOfTheRate) {
  auto options = with_shape("square:period=4s,low=10%,duty=25%");
  EXPECT_FALSE(make_plan(options));
  options.rate = units::Rate{200};
  const auto plan = make_plan(options);
  ASSERT_TRUE(plan) << plan.error().message;
  ASSERT_EQ(plan->phases.size(), 1u);
  EXPECT_EQ(plan->phases[0].from_rate, 200);
  EXPECT_DOUBLE_EQ(plan->profile.arrivals_before(1s), 200);
  EXPECT_DOUBLE_EQ(plan->profile.arrivals_before(4s), 260);
  EXPECT_DOUBLE_EQ(plan->profile.total(), 2 * 260 + 200 + 20);
}

TEST(ShapePlanTest, ASpikeIsThreeParts) {
  const auto names = [](const shape::Shape& shape) {
    std::string joined;
    for (const auto& part : *parts(shape, 10)) joined += part.name + " ";
    return joined;
  };
  using shape::Spike;
  EXPECT_EQ(names(Spike{1, 2, 3, 4}), "before spike after ");
  EXPECT_EQ(names(Spike{1, 2, 0, 4}), "spike after ");
  EXPECT_EQ(names(Spike{1, 2, 6, 4}), "before spike ");
  EXPECT_EQ(names(shape::Sine{1, 1, 1, 0}), "main ");
  EXPECT_FALSE(parts(Spike{1, 2, 7, 4}, 10));
}

TEST(ShapePlanTest, ContradictionsAreRefused) {
  const auto refused = [](auto change) {
    auto options = with_shape("spike:base=10/s,peak=100/s,at=3s,for=2s");
    change(options);
    const auto plan = make_plan(options);
    return !plan && plan.error().category == ErrorCategory::kInvalidInput;
  };
  EXPECT_FALSE(refused([](plan::Options&) {}));
  EXPECT_TRUE(refused([](plan::Options& o) { o.rate = units::Rate{1}; }));
  EXPECT_TRUE(refused([](plan::Options& o) { o.stages = {{1s, {1}}}; }));
  EXPECT_TRUE(refused([](plan::Options& o) { o.duration = 4s; }));
}

}  // namespace
}  // namespace plimsoll::loadgen::schedule

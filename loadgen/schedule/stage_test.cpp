// Stages and shapes as users write them, and the plans that follow.
#include "loadgen/schedule/stage.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "loadgen/plan/plan.hpp"

namespace plimsoll::loadgen::schedule {
namespace {

using namespace std::chrono_literals;

TEST(StageTest, IsALineAStepAndMayHaveAName) {
  const auto line = parse_stage("1m30s:90/m");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->duration, 90s);
  EXPECT_EQ(line->rate.per_second, 1.5);
  EXPECT_FALSE(line->step);
  EXPECT_EQ(line->name, "");
  const auto step = parse_stage("30s:=500/s");
  ASSERT_TRUE(step);
  EXPECT_TRUE(step->step);
  const auto named = parse_stage("black friday=30s:=1/10s");
  ASSERT_TRUE(named) << named.error().message;
  EXPECT_EQ(named->name, "black friday");
  EXPECT_TRUE(named->step);
  EXPECT_DOUBLE_EQ(named->rate.per_second, 0.1);
}

TEST(StageTest, BadTextsAreRefusedWithTheirText) {
  for (const auto* text : {"", "30s", "30s:", ":5/s", "30:5/s", "30s:fast", "=30s:5/s",
                           "a=b=30s:5/s", "30s:==5/s", "30s:a=5/s"}) {
    const auto stage = parse_stage(text);
    ASSERT_FALSE(stage) << text;
    EXPECT_EQ(stage.error().category, ErrorCategory::kInvalidInput);
    EXPECT_NE(stage.error().message.find(fmt::format("'{}'", text)), std::string::npos);
  }
}

plan::Options with_stages(std::vector<const char*> texts) {
  plan::Options options;
  options.url = "http://h/";
  for (const auto* text : texts) options.stages.push_back(*parse_stage(text));
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
  options.shape = plan::ShapeOption{text, *parse_shape(text)};
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

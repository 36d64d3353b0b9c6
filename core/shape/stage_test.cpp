#include "core/shape/stage.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace plimsoll::shape {
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

}  // namespace
}  // namespace plimsoll::shape

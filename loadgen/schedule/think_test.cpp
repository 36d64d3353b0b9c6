// Think time as users write it, and how long it is.
#include "loadgen/schedule/think.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "loadgen/plan/plan.hpp"

namespace plimsoll::loadgen::schedule {
namespace {

using namespace std::chrono_literals;

TEST(ThinkTimeTest, IsConstantOrARange) {
  EXPECT_EQ(parse_think("100ms")->shortest, 100ms);
  EXPECT_EQ(parse_think("100ms")->longest, 100ms);
  EXPECT_EQ(parse_think("0..1.5s")->shortest, 0ms);
  EXPECT_EQ(parse_think("0..1.5s")->longest, 1500ms);
  for (const auto* text : {"", "100", "0", "0..0", "2s..1s", "1s..", "..1s", "1s-2s", "25h"}) {
    const auto think = parse_think(text);
    ASSERT_FALSE(think) << text;
    EXPECT_EQ(think.error().category, ErrorCategory::kInvalidInput);
    EXPECT_NE(think.error().message.find(fmt::format("'{}'", text)), std::string::npos);
  }
}

TEST(ThinkTimeTest, FillsItsRangeAndFollowsTheSeed) {
  const ThinkTime think{50ms, 250ms};
  constexpr int kCount = 10'000;
  double sum = 0;
  std::int64_t shortest = INT64_MAX;
  std::int64_t longest = 0;
  for (std::uint64_t seq = 0; seq < kCount; ++seq) {
    const auto pause = think.after(1, seq);
    shortest = std::min(shortest, pause);
    longest = std::max(longest, pause);
    sum += static_cast<double>(pause) / 1e6;
  }
  EXPECT_GE(shortest, 50'000'000);
  EXPECT_LE(longest, 250'000'000);
  EXPECT_LT(shortest, 52'000'000);
  EXPECT_GT(longest, 248'000'000);
  // Five standard errors of a uniform mean: 200 ms / sqrt(12 n).
  EXPECT_NEAR(sum / kCount, 150, 5 * 200 / std::sqrt(12.0 * kCount));
  EXPECT_EQ(think.after(1, 7), think.after(1, 7));
  EXPECT_NE(think.after(1, 7), think.after(2, 7));
  EXPECT_LE(think.at_start(1, 3), 250'000'000);
}

TEST(ThinkTimeTest, BelongsToAClosedLoop) {
  plan::Options options;
  options.url = "http://h/";
  options.think = ThinkTime{1ms, 1ms};
  EXPECT_TRUE(make_plan(options));
  options.rate = units::Rate{1};
  EXPECT_FALSE(make_plan(options));
}

}  // namespace
}  // namespace plimsoll::loadgen::schedule

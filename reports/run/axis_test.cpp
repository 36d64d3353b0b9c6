#include "reports/page/axis.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "reports/run/sample_runs.hpp"
#include "reports/run/svg.hpp"

namespace plimsoll::reports::run {
namespace {

using Ticks = std::vector<double>;

page::Axis of_values(Ticks values, std::string unit) {
  Series series{"s", std::move(unit), true, {}};
  for (const double value : values) series.points.emplace_back(0, value);
  return page::value_axis({&series});
}

page::Axis of_duration(double seconds) {
  run::Run run;
  run.duration_s = seconds;
  return page::time_axis(run);
}

TEST(ValueAxis, starts_at_zero_and_ends_on_a_round_number) {
  EXPECT_EQ(of_values({1, 4}, "").ticks, (Ticks{0, 1, 2, 3, 4}));
  EXPECT_EQ(of_values({7, 93}, "").ticks, (Ticks{0, 50, 100}));
  EXPECT_EQ(of_values({-3, 3}, "").ticks, (Ticks{-4, -2, 0, 2, 4}));
  EXPECT_DOUBLE_EQ(of_values({0.25}, "cores").ticks.back(), 0.3);
}

TEST(ValueAxis, whole_numbers_get_whole_ticks) {
  EXPECT_EQ(of_values({0, 1}, "").ticks, (Ticks{0, 1}));
  EXPECT_EQ(of_values({0, 2}, "").ticks, (Ticks{0, 1, 2}));
}

TEST(ValueAxis, bytes_get_powers_of_two) {
  constexpr double kMi = 1024 * 1024;
  EXPECT_EQ(of_values({9e6, 128 * kMi}, "bytes").ticks,
            (Ticks{0, 32 * kMi, 64 * kMi, 96 * kMi, 128 * kMi}));
}

TEST(ValueAxis, survives_no_values_and_values_that_are_no_numbers) {
  for (const auto& axis : {page::value_axis({}), of_values({}, ""),
                           of_values({NAN, INFINITY, 1e300}, ""), of_values({0, 0}, "bytes")}) {
    EXPECT_LT(axis.low, axis.high);
    EXPECT_GE(axis.ticks.size(), 2U);
    EXPECT_LE(axis.ticks.size(), 7U);
  }
}

TEST(TimeAxis, has_few_ticks_on_round_times_for_any_duration) {
  for (const double seconds : {0.01, 0.7, 3.0, 59.0, 90.0, 251.0, 900.0, 4000.0, 90000.0, 1e9}) {
    const auto axis = of_duration(seconds);
    EXPECT_GE(axis.ticks.size(), 2U) << seconds;
    EXPECT_LE(axis.ticks.size(), 7U) << seconds;
    EXPECT_EQ(axis.high, seconds);
  }
  EXPECT_EQ(of_duration(251).ticks, (Ticks{0, 60, 120, 180, 240}));
  EXPECT_EQ(of_duration(NAN).high, 1);
}

TEST(TimeAxis, reaches_to_the_last_decision_but_not_to_a_window_that_was_not_used_up) {
  auto run = passed_run();
  ASSERT_GT(*run.claims[3].to, run.duration_s);
  EXPECT_EQ(page::time_axis(run).high, run.duration_s);
  run.claims[3].at = 300;
  EXPECT_EQ(page::time_axis(run).high, 300);
}

TEST(Axis, holds_what_is_outside_to_its_ends) {
  const page::Axis axis{10, 20, {}};
  EXPECT_DOUBLE_EQ(axis.place(15), 0.5);
  EXPECT_DOUBLE_EQ(axis.place(INFINITY), 1);
  EXPECT_DOUBLE_EQ(axis.place(-1), 0);
  EXPECT_DOUBLE_EQ(axis.place(NAN), 0);
}

TEST(FormatValue, follows_the_unit) {
  EXPECT_EQ(page::format_value(134217728, "bytes"), "128Mi");
  EXPECT_EQ(page::format_value(0.7, "ratio"), "70%");
  EXPECT_EQ(page::format_value(0.1 + 0.2, "cores"), "0.3");
  EXPECT_EQ(page::format_value(0.300248, "cores"), "0.3002");
  EXPECT_EQ(page::format_value(123456, ""), "123456");
  EXPECT_EQ(page::format_value(NAN, ""), "-");
}

TEST(Chart, a_gap_in_the_data_is_a_gap_in_the_line) {
  run::Run run;
  run.duration_s = 10;
  const Series line{"s", "", false, {{0, 0}, {2, 1}, {4, NAN}, {6, 1}, {10, 0}}};
  EXPECT_NE(chart_svg(run, {&line}, page::time_axis(run))
                .find(R"(d="M0.0 150.0L200.0 0.0M600.0 0.0L1000.0 150.0")"),
            std::string::npos);
}

TEST(Chart, a_stepped_line_holds_its_value_to_the_end) {
  run::Run run;
  run.duration_s = 10;
  const Series steps{"s", "", true, {{0, 0}, {5, 1}}};
  EXPECT_NE(
      chart_svg(run, {&steps}, page::time_axis(run)).find(R"(d="M0.0 150.0H500.0V0.0H1000.0")"),
      std::string::npos);
}

TEST(Decided, a_claim_that_was_never_seen_is_decided_when_its_window_ends) {
  Claim claim{"c", Verdict::kFail, "", "", "", ""};
  claim.to = 60;
  EXPECT_EQ(decided(claim), 60);
  claim.at = 5;
  EXPECT_EQ(decided(claim), 5);
  claim = {"c", Verdict::kSkipped, "", "", "", ""};
  claim.to = 60;
  EXPECT_EQ(decided(claim), std::nullopt);
}

}  // namespace
}  // namespace plimsoll::reports::run

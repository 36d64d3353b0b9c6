#include "reports/run/svg.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "reports/run/sample_runs.hpp"

namespace plimsoll::reports::run {
namespace {

TEST(TimeAxisTest, ReachesToTheLastDecisionButNotToAWindowThatWasNotUsedUp) {
  auto run = passed_run();
  ASSERT_GT(*run.claims[3].to, run.duration_s);
  EXPECT_EQ(time_axis(run).high, run.duration_s);
  run.claims[3].at = 300;
  EXPECT_EQ(time_axis(run).high, 300);
}

TEST(ChartTest, AGapInTheDataIsAGapInTheLine) {
  run::Run run;
  run.duration_s = 10;
  const Series line{"s", "", false, {{0, 0}, {2, 1}, {4, NAN}, {6, 1}, {10, 0}}};
  EXPECT_NE(chart_svg(run, {&line}, time_axis(run))
                .find(R"(d="M0.0 150.0L200.0 0.0M600.0 0.0L1000.0 150.0")"),
            std::string::npos);
}

TEST(ChartTest, ASteppedLineHoldsItsValueToTheEnd) {
  run::Run run;
  run.duration_s = 10;
  const Series steps{"s", "", true, {{0, 0}, {5, 1}}};
  EXPECT_NE(chart_svg(run, {&steps}, time_axis(run)).find(R"(d="M0.0 150.0H500.0V0.0H1000.0")"),
            std::string::npos);
}

TEST(DecidedTest, AClaimThatWasNeverSeenIsDecidedWhenItsWindowEnds) {
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

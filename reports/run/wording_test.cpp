#include "reports/run/wording.hpp"

#include <gtest/gtest.h>

#include "reports/run/sample_runs.hpp"
#include "reports/run/text.hpp"

namespace plimsoll::reports::run {
namespace {

TEST(SpanTest, ReadsAsPeopleSayIt) {
  const std::pair<double, const char*> rows[] = {
      {0, "0.0 s"},         {0.44, "0.4 s"},     {9.96, "10 s"}, {59.4, "59 s"},
      {59.6, "1 min 00 s"}, {125, "2 min 05 s"}, {-1, "-"}};
  for (const auto& [seconds, text] : rows) EXPECT_EQ(span(seconds), text) << seconds;
}

TEST(TextTest, WithoutColourHoldsNoEscapeAndWithColourTheSameWords) {
  const auto plain = to_text(hostile_run(), false);
  EXPECT_EQ(plain.find('\x1b'), std::string::npos);
  auto coloured = to_text(failed_run(), true);
  EXPECT_NE(coloured.find('\x1b'), std::string::npos);
  for (auto at = coloured.find('\x1b'); at != std::string::npos; at = coloured.find('\x1b'))
    coloured.erase(at, coloured.find('m', at) - at + 1);
  EXPECT_EQ(coloured, to_text(failed_run(), false));
}

TEST(TextTest, AFailedClaimIsOneLineWithWhatWasExpectedAndSeen) {
  run::Run run;
  run.exit = ExitCode::kFailed;
  run.claims = {{"oom", Verdict::kFail, "restarts +2, last terminated OOMKilled",
                 "within 60s after bloat.start", "+1, OOMKilled", "", 12.4}};
  const auto text = to_text(run, false);
  EXPECT_NE(text.find("✗ fail  oom  expected restarts +2, last terminated OOMKilled, within 60s "
                      "after bloat.start; saw +1, OOMKilled at 00:12\n"),
            std::string::npos)
      << text;
}

TEST(ObservationTest, SaysTheTimeOnce) {
  Claim claim{"oom", Verdict::kPass, "", "", "restarts +1", "", 12};
  EXPECT_EQ(observation(claim), "saw restarts +1 at 00:12");
  claim.seen = "restarts +1 at 00:12";
  EXPECT_EQ(observation(claim), "saw restarts +1 at 00:12");
  claim.seen = "event at 0/1 nodes";
  EXPECT_EQ(observation(claim), "saw event at 0/1 nodes at 00:12");
  for (const char* none : {"", "nothing"}) {
    claim.seen = none;
    EXPECT_EQ(observation(claim), "saw nothing");
  }
  claim = {"oom", Verdict::kSkipped, "", "", "", "bloat did not start"};
  EXPECT_EQ(observation(claim), "not judged (bloat did not start)");
}

TEST(SummaryTest, SaysWhatWentWrongFirst) {
  EXPECT_EQ(summary(passed_run()),
            "All 4 claims held: oom at 00:13, firing at 00:48, told at 00:55, resolved at 04:10.");
  EXPECT_EQ(summary(empty_run()),
            "cannot reach the cluster of context kind: connection refused; is it running? No claim "
            "was judged.");
  EXPECT_EQ(summary(failed_run())
                .rfind("2 of 5 claims held, 1 failed, 1 inconclusive, 1 skipped. "
                       "scaled-out: expected readyReplicas >=4",
                       0),
            0U);
  auto aborted = failed_run();
  aborted.exit = ExitCode::kAborted;
  aborted.reasons = {"the time limit of 15m was reached"};
  EXPECT_EQ(summary(aborted).rfind("the time limit of 15m was reached. 2 of 5", 0), 0U);
}

TEST(ExplainedByClaimsTest, OnlyWhereAClaimHasThatVerdict) {
  auto run = failed_run();
  EXPECT_TRUE(explained_by_claims(run));
  run.exit = ExitCode::kInconclusive;
  EXPECT_TRUE(explained_by_claims(run));
  run.exit = ExitCode::kCleanupIncomplete;
  EXPECT_FALSE(explained_by_claims(run));
  run = passed_run();
  EXPECT_TRUE(explained_by_claims(run));
  run.exit = ExitCode::kFailed;  // a step's expectExit, say
  EXPECT_FALSE(explained_by_claims(run));
}

}  // namespace
}  // namespace plimsoll::reports::run

#include "scenarios/engine/judge/judge_test.hpp"

namespace plimsoll::engine::judge {
namespace {

using namespace fixture;

const std::string kOut =
    "    - {id: out, hpa: {desiredReplicas: \">=3\"}, eventually: {after: load.start, by: 60s}}\n";
const std::string kIn =
    "    - {id: in, hpa: {desiredReplicas: \"==1\"}, between: {after: load.end, notBefore: 50s, "
    "by: "
    "90s}}\n";
const std::string kCeiling =
    "    - {id: ceiling, hpa: {desiredReplicas: \"<=5\"}, always: {from: start, to: end}}\n";
const std::string kNever =
    "    - {id: calm, hpa: {desiredReplicas: \">5\"}, never: {from: load.start, to: load.end}}\n";
const std::string kFinal =
    "    - {id: last, hpa: {desiredReplicas: 3}, final: {from: load.start, to: load.end}}\n";
const std::string kFlap =
    "    - {id: noflap, hpa: {directionChanges: \"<=1\"}, final: {from: load.start, to: "
    "load.end}}\n";

TEST(EventuallyTest, PassesAtTheFirstMatchAndSaysWhen) {
  judge::Log log;
  log.hpa(1).at(10).start("load").at(30).hpa(2).at(40).hpa(4);
  const auto out = judge::verdict(kOut, log, 40);
  EXPECT_EQ(out.verdict, Verdict::kPass);
  EXPECT_EQ(out.at, 40);
  EXPECT_EQ(out.earliest, 39);
  EXPECT_EQ(out.from, 10);
  EXPECT_EQ(out.to, 70);
  EXPECT_EQ(out.seen, "desiredReplicas 4 at 00:40");
}

TEST(EventuallyTest, HoldsAtOnceWhereTheStateWasSoAlready) {
  judge::Log log;
  log.hpa(4).at(10).start("load");
  const auto out = judge::verdict(kOut, log, 10);
  EXPECT_EQ(out.verdict, Verdict::kPass);
  EXPECT_EQ(out.at, 10);
}

TEST(EventuallyTest, IsPendingUntilItsWindowHasClosedAndThenFails) {
  judge::Log log;
  log.hpa(1).at(10).start("load").at(69).hpa(2);
  EXPECT_EQ(judge::verdict(kOut, log, 69).verdict, Verdict::kPending);
  log.at(71);
  const auto out = judge::verdict(kOut, log, 71);
  EXPECT_EQ(out.verdict, Verdict::kFail);
  EXPECT_EQ(to_line(out),
            "out: expected desiredReplicas >=3 within 60s after load.start; saw desiredReplicas 2 "
            "at 01:09");
}

TEST(EventuallyTest, AMatchAfterTheWindowIsNone) {
  judge::Log log;
  log.hpa(1).at(10).start("load").at(71).hpa(5);
  EXPECT_EQ(judge::verdict(kOut, log, 71).verdict, Verdict::kFail);
}

TEST(EventuallyTest, PassesInSpiteOfAGapButDoesNotFailWithOne) {
  judge::Log log;
  log.hpa(1).at(10).start("load").at(20);
  log.kubernetes = false;
  log.at(30);
  log.kubernetes = true;
  log.at(40);
  auto passing = log;
  EXPECT_EQ(judge::verdict(kOut, passing.hpa(3), 40).verdict, Verdict::kPass);
  const auto out = judge::verdict(kOut, log.at(71), 71);
  EXPECT_EQ(out.verdict, Verdict::kInconclusive);
  EXPECT_EQ(out.reason, "no answer about HPA target from 00:20 to 00:31 (connection refused)");
}

TEST(EventuallyTest, ThreeMissedPollsAreNoGap) {
  judge::Log log;
  log.hpa(1).at(10).start("load").at(20);
  log.kubernetes = false;
  log.at(23);
  log.kubernetes = true;
  EXPECT_EQ(judge::verdict(kOut, log.at(71), 71).verdict, Verdict::kFail);
}

TEST(EventuallyTest, WithoutAnySightOfTheObjectIsInconclusive) {
  judge::Log log;
  log.at(10).start("load").at(71);
  const auto never_seen = judge::verdict(kOut, log, 71);
  EXPECT_EQ(never_seen.verdict, Verdict::kInconclusive);
  EXPECT_EQ(never_seen.reason, "HPA target was never seen");
  Log gone;
  gone.hpa(1).at(10).start("load").at(20).add(log::AbsentObservation{"hpa/target"}).at(71);
  const auto out = verdict(kOut, gone, 71);
  EXPECT_EQ(out.verdict, Verdict::kInconclusive);
  EXPECT_EQ(out.reason, "HPA target is not there");
}

TEST(EventuallyTest, ARunThatEndsFirstLeavesItInconclusive) {
  judge::Log log;
  log.hpa(1).at(10).start("load").at(20).mark("end");
  const auto out = judge::verdict(kOut, log, 20);
  EXPECT_EQ(out.verdict, Verdict::kInconclusive);
  EXPECT_EQ(out.reason, "the run ended before its window did");
}

TEST(BetweenTest, PassesWithinItsBoundsOnly) {
  struct Row {
    const char* name;
    double at;
    Verdict verdict;
    const char* reason;
  };
  const Row rows[] = {{"long before", 20, Verdict::kFail, "40.0s too early"},
                      {"just before", 59, Verdict::kFail, "1.00s too early"},
                      {"on the first moment", 60, Verdict::kPass, ""},
                      {"on the last moment", 100, Verdict::kPass, ""},
                      {"too late", 101, Verdict::kFail, ""}};
  for (const auto& row : rows) {
    judge::Log log;
    log.hpa(4).at(10).end("load").at(row.at).hpa(1);
    const auto in = judge::verdict(kIn, log, row.at);
    EXPECT_EQ(in.verdict, row.verdict) << row.name;
    EXPECT_EQ(in.reason, row.reason) << row.name;
  }
}

TEST(BetweenTest, WhatWasSoAlreadyIsTooEarly) {
  judge::Log log;
  log.hpa(1).at(10).end("load");
  const auto in = judge::verdict(kIn, log, 10);
  EXPECT_EQ(in.verdict, Verdict::kFail);
  EXPECT_EQ(to_line(in),
            "in: expected desiredReplicas ==1 between 50s and 90s after load.end; saw "
            "desiredReplicas 1 at 00:10, 50.0s too early");
}

TEST(BetweenTest, CannotExcludeTooEarlyAcrossAGap) {
  judge::Log log;
  log.hpa(4).at(10).end("load").at(40);
  log.kubernetes = false;
  log.at(70);
  log.kubernetes = true;
  log.hpa(1);
  const auto in = judge::verdict(kIn, log, 70);
  EXPECT_EQ(in.verdict, Verdict::kInconclusive);
  EXPECT_EQ(in.at, 70);
}

TEST(BetweenTest, AGapAfterTheLowerBoundDoesNoHarm) {
  judge::Log log;
  log.hpa(4).at(10).end("load").at(62);
  log.kubernetes = false;
  log.at(80);
  log.kubernetes = true;
  EXPECT_EQ(judge::verdict(kIn, log.hpa(1), 80).verdict, Verdict::kPass);
}

TEST(AlwaysTest, FailsAtTheFirstBreachAndPassesOnlyAtTheEnd) {
  judge::Log log;
  log.hpa(1).at(10).start("load").at(50).hpa(5);
  auto ceiling = judge::verdict(kCeiling, log, 50);
  EXPECT_EQ(ceiling.verdict, Verdict::kPending);
  EXPECT_TRUE(ceiling.needs_end);
  auto breach = log;
  ceiling = verdict(kCeiling, breach.at(60).hpa(6), 60);
  EXPECT_EQ(ceiling.verdict, Verdict::kFail);
  EXPECT_EQ(ceiling.at, 60);
  ceiling = verdict(kCeiling, log.at(70).mark("end"), 70);
  EXPECT_EQ(ceiling.verdict, Verdict::kPass);
  EXPECT_EQ(ceiling.at, 70);
}

TEST(AlwaysTest, StartsToLookWhenTheObjectComesButDoesNotForgiveItsLoss) {
  judge::Log late;
  late.add(log::AbsentObservation{"hpa/target"}).at(5).hpa(1).at(20).mark("end");
  EXPECT_EQ(judge::verdict(kCeiling, late, 20).verdict, Verdict::kPass);
  Log lost;
  lost.hpa(1).at(5).add(log::AbsentObservation{"hpa/target"}).at(8).hpa(1).at(20).mark("end");
  EXPECT_EQ(judge::verdict(kCeiling, lost, 20).verdict, Verdict::kInconclusive);
  Log none;
  none.add(log::AbsentObservation{"hpa/target"}).at(20).mark("end");
  EXPECT_EQ(judge::verdict(kCeiling, none, 20).verdict, Verdict::kInconclusive);
}

TEST(AlwaysTest, IsInconclusiveWithAGapWhereverItIs) {
  for (const double dead_from : {0.0, 10.0, 20.0}) {
    judge::Log log;
    log.hpa(1).at(dead_from);
    log.kubernetes = false;
    log.at(dead_from + 8);
    log.kubernetes = true;
    if (dead_from < 20) log.at(28);
    log.mark("end");
    EXPECT_EQ(judge::verdict(kCeiling, log, 28).verdict, Verdict::kInconclusive) << dead_from;
  }
}

TEST(NeverTest, FailsAtTheFirstMatchAndABreachOutweighsAGap) {
  judge::Log log;
  log.hpa(1).at(10).start("load").at(20);
  log.kubernetes = false;
  log.at(40);
  log.kubernetes = true;
  log.hpa(6);
  const auto calm = judge::verdict(kNever, log, 40);
  EXPECT_EQ(calm.verdict, Verdict::kFail);
  EXPECT_EQ(calm.at, 40);
}

TEST(NeverTest, WhatHappensOutsideTheWindowDoesNotCount) {
  judge::Log log;
  log.hpa(6).at(5).hpa(1).at(10).start("load").at(20).end("load").at(21).hpa(6);
  EXPECT_EQ(judge::verdict(kNever, log, 21).verdict, Verdict::kPass);
}

TEST(NeverTest, IsSkippedWhereItsWindowNeverCloses) {
  judge::Log log;
  log.hpa(1).at(10).start("load").at(20).mark("end");
  const auto calm = judge::verdict(kNever, log, 20);
  EXPECT_EQ(calm.verdict, Verdict::kSkipped);
  EXPECT_EQ(calm.reason, "step load never ended");
}

TEST(FinalTest, JudgesTheLastStateOnly) {
  judge::Log log;
  log.hpa(1).at(10).start("load").at(20).hpa(3);
  EXPECT_EQ(judge::verdict(kFinal, log, 20).verdict, Verdict::kPending);
  auto other = log;
  EXPECT_EQ(judge::verdict(kFinal, log.at(30).end("load").at(31).hpa(4), 31).verdict,
            Verdict::kPass);
  const auto last = judge::verdict(kFinal, other.at(29).hpa(2).at(30).end("load"), 30);
  EXPECT_EQ(last.verdict, Verdict::kFail);
  EXPECT_EQ(to_line(last),
            "last: expected desiredReplicas 3 at load.end, counted from load.start; saw "
            "desiredReplicas 2 at 00:29");
}

TEST(FinalTest, NeedsAnAnswerNearItsEndButNotBefore) {
  judge::Log early_gap;
  early_gap.hpa(3).at(10).start("load");
  early_gap.kubernetes = false;
  early_gap.at(20);
  early_gap.kubernetes = true;
  EXPECT_EQ(judge::verdict(kFinal, early_gap.at(30).end("load"), 30).verdict, Verdict::kPass);
  Log late_gap;
  late_gap.hpa(3).at(10).start("load").at(20);
  late_gap.kubernetes = false;
  EXPECT_EQ(judge::verdict(kFinal, late_gap.at(30).end("load"), 30).verdict,
            Verdict::kInconclusive);
}

TEST(DirectionChangesTest, AreCountedWithinTheWindow) {
  struct Row {
    const char* name;
    std::vector<int> desired;
    Verdict verdict;
  };
  const Row rows[] = {{"flat", {1, 1}, Verdict::kPass},
                      {"up", {2, 3, 5}, Verdict::kPass},
                      {"up and down", {3, 5, 2, 1}, Verdict::kPass},
                      {"up, down, up", {3, 1, 2}, Verdict::kFail}};
  for (const auto& row : rows) {
    judge::Log log;
    log.hpa(4).at(1).hpa(1).at(10).start("load");  // the fall before the window is no turn
    double t = 10;
    for (const int desired : row.desired) log.at(++t).hpa(desired);
    EXPECT_EQ(judge::verdict(kFlap, log.at(20).end("load"), 20).verdict, row.verdict) << row.name;
  }
}

TEST(DirectionChangesTest, CannotBeCountedAcrossAGap) {
  judge::Log log;
  log.hpa(1).at(10).start("load");
  log.kubernetes = false;
  log.at(20);
  log.kubernetes = true;
  EXPECT_EQ(judge::verdict(kFlap, log.at(40).end("load"), 40).verdict, Verdict::kInconclusive);
}

TEST(HpaConditionTest, IsComparedAndToldWithItsReason) {
  const std::string claim =
      "    - {id: active, hpa: {condition: ScalingActive=False}, eventually: {after: start, by: "
      "10s}}\n";
  judge::Log log;
  log.hpa(1).at(11);
  const auto active = judge::verdict(claim, log, 11);
  EXPECT_EQ(active.verdict, Verdict::kFail);
  EXPECT_EQ(active.seen, "ScalingActive=True (R) at 00:00");
}

TEST(MarksTest, OffsetsMoveTheWindow) {
  const std::string claim =
      "    - {id: a, hpa: {desiredReplicas: 1}, always: {from: load.start+10s, to: load.end-5s}}\n";
  judge::Log log;
  log.hpa(2).at(10).start("load").at(15).hpa(1).at(36).hpa(3).at(40).end("load");
  const auto a = judge::verdict(claim, log, 40);
  EXPECT_EQ(a.verdict, Verdict::kPass);
  EXPECT_EQ(a.from, 20);
  EXPECT_EQ(a.to, 35);
}

TEST(MarksTest, AStepCountsFromWhenItReallyBegan) {
  judge::Log log;
  log.hpa(1).at(20);
  log::StepObservation start{"load", log::StepObservation::Event::kStart, 15.0, {}, true, {}, 0,
                             ""};
  const auto out = judge::verdict(kOut, log.add(start), 20);
  EXPECT_EQ(out.from, 15);
}

TEST(MarksTest, AWindowTurnedRoundByWhatHappenedIsInconclusive) {
  const std::string claim =
      "    - {id: a, hpa: {desiredReplicas: 1}, always: {from: load.end, to: bloat.start}}\n";
  judge::Log log;
  log.hpa(1).start("bloat", {"p1"}).at(10).end("load").at(20);
  EXPECT_EQ(judge::verdict(claim, log, 20).reason, "its window ended before it began");
}

TEST(MarksTest, AClaimIsSkippedWhenWhatItWaitsForDidNotCome) {
  const std::string claims = kOut +
                             "    - {id: then, hpa: {desiredReplicas: 1}, eventually: {after: "
                             "out.at, by: 10s}}\n"
                             "    - {id: thus, hpa: {desiredReplicas: 1}, eventually: {after: "
                             "then.at, by: 10s}}\n"
                             "    - {id: zzz, hpa: {desiredReplicas: 1}, eventually: {after: "
                             "bloat.start, by: 10s}}\n";
  judge::Log log;
  log.hpa(1).at(10).start("load").at(71).mark("end");
  const auto judgement = judge(judge::scenario_with(claims), log.log, 71);
  EXPECT_EQ(to_line(judgement.claims[1]), "then: skipped: out failed, so out.at was never set");
  EXPECT_EQ(to_line(judgement.claims[2]),
            "thus: skipped: then was skipped, so then.at was never set");
  EXPECT_EQ(to_line(judgement.claims[3]), "zzz: skipped: step bloat never started");
  EXPECT_TRUE(judgement.decided());
  EXPECT_EQ(judgement.exit_code(), ExitCode::kFailed);
}

TEST(JudgementTest, ItsExitCodeIsThatOfTheGravestVerdict) {
  const std::pair<std::vector<Verdict>, ExitCode> rows[] = {
      {{}, ExitCode::kPassed},
      {{Verdict::kPass, Verdict::kPass}, ExitCode::kPassed},
      {{Verdict::kPass, Verdict::kInconclusive}, ExitCode::kInconclusive},
      {{Verdict::kSkipped}, ExitCode::kInconclusive},
      {{Verdict::kPending}, ExitCode::kInconclusive},
      {{Verdict::kInconclusive, Verdict::kFail}, ExitCode::kFailed}};
  for (const auto& [verdicts, code] : rows) {
    Judgement judgement;
    for (const auto verdict : verdicts) judgement.claims.emplace_back().verdict = verdict;
    EXPECT_EQ(judgement.exit_code(), code);
  }
}

TEST(JudgementTest, KnowsWhenOnlyTheEndIsWanting) {
  judge::Log log;
  log.hpa(1).at(10).start("load").at(20);
  auto scenario = judge::scenario_with(kOut + kCeiling);
  EXPECT_FALSE(judge(scenario, log.log, 20).decided_but_for_end());
  log.hpa(3);
  const auto judgement = judge(scenario, log.log, 20);
  EXPECT_TRUE(judgement.decided_but_for_end());
  EXPECT_FALSE(judgement.decided());
  EXPECT_TRUE(judge(scenario, log.mark("end").log, 20).decided());
}

}  // namespace
}  // namespace plimsoll::engine::judge

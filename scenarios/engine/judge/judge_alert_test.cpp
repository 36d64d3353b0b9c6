// Claims about alerts in Prometheus and their notifications.
#include "scenarios/engine/judge/judge_test.hpp"

namespace plimsoll::engine::judge {
namespace {

using namespace fixture;

const std::string kFiring =
    "    - {id: firing, alert: {name: ContainerOOMKilled, state: firing}, eventually: {after: "
    "bloat.start, by: 60s}}\n";
const std::string kResolved =
    kFiring +
    "    - {id: resolved, alert: {ref: firing, state: resolved}, between: {after: firing.at, "
    "notBefore: 10s, by: 60s}}\n";
const std::string kSilent =
    "    - {id: silent, alert: {name: ContainerOOMKilled, state: firing}, never: {from: "
    "bloat.start, "
    "to: bloat.end}}\n";
const std::string kTold =
    kFiring +
    "    - {id: told, delivery: {receiver: webhook, status: firing, alert: ContainerOOMKilled}, "
    "eventually: {after: firing.at, by: 30s}}\n";

Log struck() {
  Log log;
  log.alert("").at(10).start("bloat", {"p1"});
  return log;
}

TEST(AlertTest, FiresAfterItWasSeenNotFiring) {
  auto log = struck();
  log.at(20).alert("pending").at(25);
  EXPECT_EQ(judge::verdict(kFiring, log, 25).verdict, Verdict::kPending);
  log.alert("firing");
  const auto firing = judge::verdict(kFiring, log, 25);
  EXPECT_EQ(firing.verdict, Verdict::kPass);
  EXPECT_EQ(firing.at, 25);
  EXPECT_EQ(firing.seen, "ContainerOOMKilled firing{pod=\"p1\"} at 00:25");
}

TEST(AlertTest, ThatFiredAlreadyIsInconclusiveUnlessItStopsAndFiresAgain) {
  judge::Log log;
  log.alert("firing").at(10).start("bloat", {"p1"}).at(30);
  EXPECT_EQ(judge::verdict(kFiring, log, 30).verdict, Verdict::kPending);
  auto again = log;
  const auto firing = judge::verdict(kFiring, log.at(71), 71);
  EXPECT_EQ(firing.verdict, Verdict::kInconclusive);
  EXPECT_EQ(firing.reason, "alert ContainerOOMKilled{pod=\"p1\"} was firing already");
  again.alert("").at(40).alert("firing");
  EXPECT_EQ(verdict(kFiring, again, 40).at, 40);
}

TEST(AlertTest, IsThatOfTheRunAndOfThePod) {
  struct Row {
    const char* name;
    const char* ns;
    const char* pod;
    bool own;
    Verdict verdict;
  };
  const Row rows[] = {
      {"ours", "ns", "p1", true, Verdict::kPass},
      {"another namespace", "other", "p1", true, Verdict::kFail},
      {"another pod", "ns", "p2", true, Verdict::kFail},
      {"the shipped rule of the same name", "ns", "p1", false, Verdict::kInconclusive}};
  for (const auto& row : rows) {
    judge::Log log;
    log.ns = row.ns;
    log.alert("", row.pod, "ok", row.own).at(10).start("bloat", {"p1"}).at(20);
    log.alert("firing", row.pod, "ok", row.own).at(71);
    EXPECT_EQ(judge::verdict(kFiring, log, 71).verdict, row.verdict) << row.name;
  }
}

TEST(AlertTest, LabelsMustBeThere) {
  const std::string claim =
      "    - {id: a, alert: {name: ContainerOOMKilled, state: firing, labels: {pod: p9}}, "
      "eventually: {after: start, by: 10s}}\n";
  judge::Log log;
  log.alert("").at(5).alert("firing", "p1").at(11);
  EXPECT_EQ(judge::verdict(claim, log, 11).verdict, Verdict::kFail);
}

TEST(AlertTest, WhoseRuleIsNotLoadedOrFailsProvesNothing) {
  judge::Log missing;
  missing.add(log::AlertsObservation{}).at(10).start("bloat", {"p1"}).at(71);
  const auto not_loaded = judge::verdict(kFiring, missing, 71);
  EXPECT_EQ(not_loaded.verdict, Verdict::kInconclusive);
  EXPECT_NE(not_loaded.reason.find("rule ContainerOOMKilled is not loaded"), std::string::npos)
      << not_loaded.reason;
  auto failing = struck();
  failing.at(20).alert("", "p1", "err").at(71);
  const auto err = verdict(kFiring, failing, 71);
  EXPECT_EQ(err.verdict, Verdict::kInconclusive);
  EXPECT_NE(err.reason.find("bad join"), std::string::npos) << err.reason;
}

TEST(AlertTest, PendingOrBeyondCountsAsPending) {
  const std::string claim =
      "    - {id: a, alert: {name: ContainerOOMKilled, state: pending}, eventually: {after: "
      "bloat.start, by: 60s}}\n";
  auto log = struck();
  EXPECT_EQ(judge::verdict(claim, log.at(20).alert("pending"), 20).verdict, Verdict::kPass);
  auto quick = struck();
  EXPECT_EQ(judge::verdict(claim, quick.at(20).alert("firing"), 20).verdict, Verdict::kPass);
}

TEST(AlertTest, ResolvedIsAbsenceFromAHealthyAnswer) {
  auto log = struck();
  log.at(20).alert("firing").at(40).alert("");
  const auto resolved = judge::verdict(kResolved, log, 40, 1);
  EXPECT_EQ(resolved.verdict, Verdict::kPass);
  EXPECT_EQ(resolved.at, 40);
}

TEST(AlertTest, ResolvedIsNotTakenFromAnUnhealthyAnswerOrSilence) {
  for (const auto* health : {"unknown", "err"}) {
    auto log = struck();
    log.at(20).alert("firing").at(40).alert("", "p1", health).at(60);
    EXPECT_EQ(judge::verdict(kResolved, log, 60, 1).verdict, Verdict::kPending) << health;
    EXPECT_EQ(judge::verdict(kResolved, log.at(81), 81, 1).verdict, Verdict::kInconclusive)
        << health;
  }
  auto unloaded = struck();
  unloaded.at(20).alert("firing").at(40).add(log::AlertsObservation{}).at(81);
  EXPECT_EQ(judge::verdict(kResolved, unloaded, 81, 1).verdict, Verdict::kInconclusive);
  auto dead = struck();
  dead.at(20).alert("firing").at(30);
  dead.prometheus = false;
  const auto resolved = judge::verdict(kResolved, dead.at(81), 81, 1);
  EXPECT_EQ(resolved.verdict, Verdict::kInconclusive);
  EXPECT_EQ(resolved.reason,
            "no answer about alert ContainerOOMKilled from 00:30 to 01:20 (connection refused)");
}

TEST(AlertTest, ResolvedTooEarlyFails) {
  auto log = struck();
  log.at(20).alert("firing").at(25).alert("");
  const auto resolved = judge::verdict(kResolved, log, 25, 1);
  EXPECT_EQ(resolved.verdict, Verdict::kFail);
  EXPECT_EQ(resolved.reason, "5.00s too early");
}

TEST(AlertTest, ResolvedSpeaksOfTheVeryAlertThatFired) {
  const std::string claims =
      "    - {id: firing, alert: {name: ContainerOOMKilled, state: firing}, eventually: {after: "
      "start, by: 60s}}\n"
      "    - {id: resolved, alert: {ref: firing, state: resolved}, eventually: {after: firing.at, "
      "by: 60s}}\n";
  judge::Log log;
  log.alert("").at(20).alert("firing", "p1").at(40).alert("firing", "p2");
  EXPECT_EQ(judge::verdict(claims, log, 40, 1).at, 40) << "that of p1 is gone";
}

TEST(AlertTest, ResolvedIsSkippedWhereItNeverFired) {
  auto log = struck();
  const auto resolved = judge::verdict(kResolved, log.at(71), 71, 1);
  EXPECT_EQ(resolved.verdict, Verdict::kSkipped);
  EXPECT_EQ(resolved.reason, "firing failed, so firing.at was never set");
}

TEST(AlertTest, ResolvedByNameNeedsOneThatFired) {
  const std::string claim =
      "    - {id: r, alert: {name: ContainerOOMKilled, state: resolved}, eventually: {after: "
      "bloat.start, by: 60s}}\n";
  auto log = struck();
  auto silent = log;
  EXPECT_EQ(judge::verdict(claim, log.at(20).alert("firing").at(30).alert(""), 30).at, 30);
  const auto never = judge::verdict(claim, silent.at(71), 71);
  EXPECT_EQ(never.verdict, Verdict::kFail);
  EXPECT_NE(never.seen.find("did not fire in the window"), std::string::npos) << never.seen;
}

TEST(AlertTest, NeverFiringIsDecidedByWhatWasSeenAllTheTime) {
  auto quiet = struck();
  EXPECT_EQ(judge::verdict(kSilent, quiet.at(40).end("bloat"), 40).verdict, Verdict::kPass);
  auto loud = struck();
  EXPECT_EQ(judge::verdict(kSilent, loud.at(20).alert("firing"), 20).verdict, Verdict::kFail);
  auto stale = judge::Log().alert("firing").at(10).start("bloat", {"p1"});
  EXPECT_EQ(judge::verdict(kSilent, stale, 10).verdict, Verdict::kFail) << "it fires in the window";
  auto dead = struck();
  dead.at(20);
  dead.prometheus = false;
  const auto silent = judge::verdict(kSilent, dead.at(40).end("bloat"), 40);
  EXPECT_EQ(silent.verdict, Verdict::kInconclusive);
  EXPECT_NE(silent.reason.find("connection refused"), std::string::npos);
  auto unhealthy = struck();
  unhealthy.at(20).alert("", "p1", "err").at(30).alert("").at(40).end("bloat");
  EXPECT_EQ(verdict(kSilent, unhealthy, 40).verdict, Verdict::kInconclusive);
  Log unanswered;
  unanswered.prometheus = false;
  unanswered.at(10).start("bloat", {"p1"}).at(12).end("bloat");
  EXPECT_EQ(verdict(kSilent, unanswered, 12).verdict, Verdict::kInconclusive);
}

// Prometheus may have evaluated before the runner next polls the pods.
TEST(AlertTest, MayFireBetweenTheCauseAndTheLookThatSawIt) {
  const std::string claims =
      "    - {id: oom, container: {restarts: \"+1\"}, eventually: {after: bloat.start, by: 60s}}\n"
      "    - {id: firing, alert: {name: ContainerOOMKilled, state: firing}, eventually: {after: "
      "oom.at, by: 60s}}\n";
  judge::Log log;
  log.alert("").pod("p1", 0).pods({"p1"}).at(10).start("bloat", {"p1"});
  log.at(12.4).alert("firing").at(12.9).pod("p1", 1);
  const auto firing = judge::verdict(claims, log, 13, 1);
  EXPECT_EQ(firing.verdict, Verdict::kPass);
  EXPECT_EQ(firing.at, 12.9);
}

TEST(DeliveryTest, IsCountedAfterWhatItTellsOf) {
  auto log = struck();
  log.at(15).delivery("firing");  // of an earlier alert
  log.at(20).alert("firing").at(26).delivery("resolved");
  EXPECT_EQ(judge::verdict(kTold, log, 26, 1).verdict, Verdict::kPending);
  log.at(27).delivery("firing");
  const auto told = judge::verdict(kTold, log, 27, 1);
  EXPECT_EQ(told.verdict, Verdict::kPass);
  EXPECT_EQ(told.seen, "1 notification, the last: firing at webhook at 00:27");
}

TEST(DeliveryTest, MayComeBeforeTheLookThatSawTheAlert) {
  auto log = struck();
  log.at(20.5).delivery("firing").at(20.9).alert("firing");
  const auto told = judge::verdict(kTold, log, 21, 1);
  EXPECT_EQ(told.verdict, Verdict::kPass);
  EXPECT_EQ(told.at, 20.9);
}

TEST(DeliveryTest, OfOthersDoesNotCount) {
  for (const auto* what : {"namespace", "pod", "run"}) {
    auto log = struck();
    log.at(20).alert("firing").at(25);
    if (std::string(what) == "namespace") log.ns = "other";
    if (std::string(what) == "run") log.own_label = "r2";
    log.delivery("firing", std::string(what) == "pod" ? "p2" : "p1").at(51);
    const auto told = judge::verdict(kTold, log, 51, 1);
    EXPECT_EQ(told.verdict, Verdict::kFail) << what;
    EXPECT_EQ(told.seen, "no notification at 00:20") << what;
  }
}

TEST(DeliveryTest, IsInconclusiveWhereTheReceiverDidNotAnswer) {
  auto log = struck();
  log.at(20).alert("firing").at(25);
  log.receiver = false;
  EXPECT_EQ(judge::verdict(kTold, log.at(51), 51, 1).verdict, Verdict::kInconclusive);
}

TEST(DeliveryTest, CanBeCounted) {
  const std::string claim =
      "    - {id: once, delivery: {status: firing, count: \"==1\"}, final: {from: start, to: "
      "load.start}}\n";
  const std::pair<int, Verdict> rows[] = {
      {0, Verdict::kFail}, {1, Verdict::kPass}, {2, Verdict::kFail}};
  for (const auto& [count, expected] : rows) {
    judge::Log log;
    log.at(5);
    for (int i = 0; i < count; ++i) log.at(5 + i).delivery("firing");
    log.at(20).start("load");
    EXPECT_EQ(judge::verdict(claim, log, 20).verdict, expected) << count;
  }
}

}  // namespace
}  // namespace plimsoll::engine::judge

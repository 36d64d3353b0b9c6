// Claims about the workload and its containers.
#include <functional>

#include "scenarios/engine/judge/judge_test.hpp"

namespace plimsoll::engine::judge {
namespace {

using namespace fixture;

const std::string kOom =
    "    - {id: oom, container: {lastTerminated: {reason: OOMKilled}, restarts: \"+1\"}, "
    "eventually: {after: bloat.start, by: 60s}}\n";
const std::string kTwice =
    "    - {id: oom, container: {restarts: \"+2\"}, eventually: {after: bloat.start, by: 60s}}\n";
const std::string kAlive =
    "    - {id: alive, container: {restarts: \"+0\"}, always: {from: start, to: end}}\n";

TEST(ContainerTest, AnOomKillIsARestartAndTheKubeletsWord) {
  judge::Log log;
  log.pod("p1", 0).pods({"p1"}).at(10).start("bloat", {"p1"}).at(12).pod("p1", 1, "OOMKilled");
  const auto oom = judge::verdict(kOom, log, 12);
  EXPECT_EQ(oom.verdict, Verdict::kPass);
  EXPECT_EQ(oom.at, 12);
  EXPECT_EQ(oom.earliest, 11);
  EXPECT_EQ(oom.pod, "p1");
  EXPECT_EQ(oom.seen, "restarts +1, last terminated: OOMKilled, exit code 137 (pod p1) at 00:12");
}

TEST(ContainerTest, AFalseClaimNamesWhatWasExpectedAndSeen) {
  judge::Log log;
  log.pod("p1", 0)
      .pods({"p1"})
      .at(10)
      .start("bloat", {"p1"})
      .at(12)
      .pod("p1", 1, "OOMKilled")
      .at(71);
  EXPECT_EQ(to_line(judge::verdict(kTwice, log, 71)),
            "oom: expected restarts +2 within 60s after bloat.start; saw restarts +1 (pod p1) at "
            "00:12");
}

TEST(ContainerTest, ExitCode137AloneIsNoOomKillAndTheEvidenceIsTold) {
  judge::Log log;
  log.pod("p1", 0).pods({"p1"}).at(10).start("bloat", {"p1"}).at(12).pod("p1", 1, "Error");
  auto hinted = log;
  const auto bare = judge::verdict(kOom, log.at(71), 71);
  EXPECT_EQ(bare.verdict, Verdict::kFail);
  EXPECT_NE(
      bare.seen.find("Error, exit code 137, which is a SIGKILL that the kubelet does not call "
                     "OOMKilled [no other sign of an OOM kill]"),
      std::string::npos)
      << bare.seen;
  hinted.at(15).add(log::EvidenceObservation{"cgroup", "p1", "app", "oom_kill 0 -> 1"});
  hinted.add(log::EvidenceObservation{"cgroup", "p2", "app", "oom_kill 0 -> 7"}).at(71);
  const auto told = verdict(kOom, hinted, 71);
  EXPECT_EQ(told.verdict, Verdict::kFail);
  EXPECT_NE(told.seen.find("[cgroup: oom_kill 0 -> 1]"), std::string::npos) << told.seen;
}

TEST(ContainerTest, AnEndFromBeforeTheWindowDoesNotCount) {
  judge::Log log;
  log.pod("p1", 1, "OOMKilled", 137, "first").pods({"p1"}).at(10).start("bloat", {"p1"});
  log.at(12).pod("p1", 2, "OOMKilled", 137, "first");  // restarted, the old end still shown
  EXPECT_EQ(judge::verdict(kOom, log, 12).verdict, Verdict::kPending);
  log.at(13).pod("p1", 2, "OOMKilled", 137, "second");
  EXPECT_EQ(judge::verdict(kOom, log, 13).at, 13);
}

TEST(ContainerTest, EndedAndNotYetRestartedCountsAsTerminated) {
  const std::string claim =
      "    - {id: dead, container: {lastTerminated: {reason: OOMKilled, exitCode: 137}}, "
      "eventually: "
      "{after: bloat.start, by: 60s}}\n"
      "    - {id: loop, container: {state: waiting/CrashLoopBackOff}, never: {from: bloat.start, "
      "to: "
      "end}}\n";
  judge::Log log;
  log.pod("p1", 0).pods({"p1"}).at(10).start("bloat", {"p1"}).at(12);
  const log::Termination oom{"OOMKilled", 137, "f"};
  log::PodObservation pod{"p1", "uid-p1", "Running", "deployment/target", false, false, {}};
  pod.containers.push_back({"app", false, 0, "terminated", "OOMKilled", oom, {}});
  log.add(pod);
  EXPECT_EQ(judge::verdict(claim, log, 12).verdict, Verdict::kPass);
  pod.containers[0] = {"app", false, 1, "waiting", "CrashLoopBackOff", {}, oom};
  log.at(14).add(pod);
  const auto loop = judge::verdict(claim, log, 14, 1);
  EXPECT_EQ(loop.verdict, Verdict::kFail);
  EXPECT_EQ(loop.seen, "state waiting/CrashLoopBackOff (pod p1) at 00:14");
}

TEST(ContainerTest, RestartsCountFromTheStartOfTheRun) {
  struct Row {
    const char* name;
    std::function<void(judge::Log&)> before, after;
    Verdict verdict;
  };
  const Row rows[] = {
      {"old restarts do not count", [](Log& log) { log.pod("p1", 5).pods({"p1"}); },
       [](Log& log) { log.pod("p1", 5); }, Verdict::kPass},
      {"new ones do", [](Log& log) { log.pod("p1", 5).pods({"p1"}); },
       [](Log& log) { log.pod("p1", 6); }, Verdict::kFail},
      {"a pod that came later has all its own", [](Log& log) { log.pod("p1", 0).pods({"p1"}); },
       [](Log& log) {
         log.pod("p2", 1).pods({"p1", "p2"});
       },
       Verdict::kFail},
      {"a pod that was there before the first look has not", [](Log&) {},
       [](Log& log) { log.pod("p1", 3).pods({"p1"}); }, Verdict::kPass},
      {"pods of others do not count", [](Log& log) { log.pod("p1", 0).pods({"p1"}); },
       [](Log& log) {
         log.add(log::PodObservation{
             "x", "ux", "Running", "", true, false, {{"app", true, 9, "running", "", {}, {}}}});
       },
       Verdict::kPass},
  };
  for (const auto& row : rows) {
    Log log;
    row.before(log);
    log.at(10);
    row.after(log);
    log.at(20).mark("end");
    EXPECT_EQ(judge::verdict(kAlive, log, 20).verdict, row.verdict) << row.name;
  }
}

TEST(ContainerTest, PodsThatGoAwayEndTheirContainersForNobody) {
  const std::string claim =
      "    - {id: kept, container: {lastTerminated: {exitCode: 143}}, never: {from: start, to: "
      "end}}\n";
  judge::Log log;
  log.pod("p1", 0).pod("p2", 0).pods({"p1", "p2"}).at(10);
  const log::Termination asked{"Error", 143, "f"};
  log::PodObservation pod{"p2", "uid-p2", "Running", "deployment/target", false, true, {}};
  pod.containers.push_back({"app", false, 0, "terminated", "Error", asked, {}});
  log.add(pod).at(12).pods({"p1"}).at(20).mark("end");
  EXPECT_EQ(judge::verdict(claim, log, 20).verdict, Verdict::kPass);
}

TEST(ContainerTest, AClaimThatHangsOnAStepIsAboutTheStepsPod) {
  const std::string claims =
      kOom +
      "    - {id: again, container: {restarts: \"+2\"}, eventually: {after: oom.at, by: 60s}}\n"
      "    - {id: any, container: {restarts: \"+1\"}, eventually: {after: start, by: 60s}}\n";
  judge::Log log;
  log.pod("p1", 0).pod("p2", 0).pods({"p1", "p2"}).at(10).start("bloat", {"p2"});
  log.at(12).pod("p1", 1, "OOMKilled");
  EXPECT_EQ(judge::verdict(claims, log, 12, 0).verdict, Verdict::kPending);
  EXPECT_EQ(judge::verdict(claims, log, 12, 2).verdict, Verdict::kPass);
  log.at(14).pod("p2", 1, "OOMKilled").at(16).pod("p1", 2, "OOMKilled");
  EXPECT_EQ(judge::verdict(claims, log, 16, 0).at, 14);
  EXPECT_EQ(judge::verdict(claims, log, 16, 1).verdict, Verdict::kPending);
  EXPECT_EQ(judge::verdict(claims, log, 16, 1).pod, "p2");
}

TEST(ContainerTest, OfSeveralPodsAlwaysAndFinalWantEachEventuallyOne) {
  const std::string claims =
      "    - {id: one, container: {restarts: \"+1\"}, eventually: {after: start, by: 60s}}\n"
      "    - {id: each, container: {restarts: \"+1\"}, final: {from: start, to: load.start}}\n";
  judge::Log log;
  log.pod("p1", 0).pod("p2", 0).pods({"p1", "p2"}).at(5).pod("p1", 1).at(10).start("load");
  EXPECT_EQ(judge::verdict(claims, log, 10, 0).verdict, Verdict::kPass);
  const auto each = judge::verdict(claims, log, 10, 1);
  EXPECT_EQ(each.verdict, Verdict::kFail);
  EXPECT_EQ(each.seen, "restarts +0 (pod p2) at 00:05");
}

TEST(ContainerTest, APodThatIsLostLeavesItsClaimInconclusive) {
  judge::Log log;
  log.pod("p1", 0).pods({"p1"}).at(10).start("bloat", {"p1"}).at(12).pods({}).at(71);
  const auto oom = judge::verdict(kOom, log, 71);
  EXPECT_EQ(oom.verdict, Verdict::kInconclusive);
  EXPECT_EQ(oom.reason, "no container app in pod p1");
}

TEST(ContainerTest, WithoutAnyLookAtPodsIsInconclusive) {
  judge::Log log;
  log.at(20).mark("end");
  EXPECT_EQ(judge::verdict(kAlive, log, 20).reason, "no pod was seen");
}

TEST(WorkloadTest, ReadyReplicasRestartsAndOtherPods) {
  const std::string claims =
      "    - {id: up, workload: {readyReplicas: \">=3\"}, eventually: {after: load.start, by: "
      "10s}}\n"
      "    - {id: sum, workload: {restarts: \"+3\"}, final: {from: start, to: load.end}}\n"
      "    - {id: others, workload: {otherPodsRestarted: 0}, always: {from: start, to: "
      "load.end}}\n";
  judge::Log log;
  log.ready(1).pod("p1", 0).pod("p2", 0).pods({"p1", "p2"}).start("bloat", {"p1"});
  log.at(10).start("load").at(12).ready(2).at(14).ready(3).pod("p1", 2);
  EXPECT_EQ(judge::verdict(claims, log, 14, 0).at, 14);
  auto quiet = log;
  EXPECT_EQ(judge::verdict(claims, quiet.at(20).end("load"), 20, 2).verdict, Verdict::kPass);
  log.at(15).pod("p2", 1).at(16).pods({"p1"}).at(20).end("load");
  EXPECT_EQ(judge::verdict(claims, log, 20, 1).verdict, Verdict::kPass)
      << "the lost pod still counts";
  const auto others = judge::verdict(claims, log, 20, 2);
  EXPECT_EQ(others.verdict, Verdict::kFail);
  EXPECT_EQ(others.seen, "otherPodsRestarted 1 at 00:15");
}

TEST(WorkloadTest, AWorkloadThatIsNotThereIsInconclusive) {
  const std::string claim =
      "    - {id: up, workload: {readyReplicas: \">=3\"}, eventually: {after: start, by: 10s}}\n";
  judge::Log log;
  log.add(log::AbsentObservation{"deployment/target"}).at(11);
  EXPECT_EQ(judge::verdict(claim, log, 11).reason, "deployment/target is not there");
}

}  // namespace
}  // namespace plimsoll::engine::judge

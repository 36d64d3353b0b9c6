#include "scenarios/engine/run/report.hpp"

#include "scenarios/engine/judge/judge_test.hpp"

namespace plimsoll::engine::run {
namespace {

TEST(ReportTest, TellsStepsClaimsSeriesNotesAndEvidenceOfTheLog) {
  auto scenario = judge::fixture::scenario_with(
      "    - {id: oom, container: {restarts: \"+1\"}, eventually: {after: bloat.start, by: 60s}}\n"
      "    - {id: late, container: {restarts: \"+1\"}, eventually: {after: oom.at, by: 60s}}\n");
  std::get<model::Exec>(scenario.steps[0].what).command = {"sh", "-c", "it's"};
  judge::fixture::Log log;
  log.pod("p1", 0).pods({"p1"}).hpa(1).ready(1).add(log::NoteObservation{"short windows"});
  log.at(2).start("bloat", {"p1"}).answer({0.5, 0.6});
  log.prometheus = false;
  log.at(6).end("bloat").hpa(3).add(
      log::EvidenceObservation{"cgroup", "p1", "app", "oom_kill 0 -> 1"});
  const auto run = to_report(scenario, log.log, judge::judge(scenario, log.log, 6));
  EXPECT_EQ(run.id, "r1");
  EXPECT_EQ(run.namespace_name, "ns");
  EXPECT_EQ(run.duration_s, 6);
  ASSERT_EQ(run.steps.size(), 3U);
  EXPECT_EQ(run.steps[0].kind, "exec");
  EXPECT_EQ(run.steps[0].command, "kubectl -n ns exec p1 -c app -- sh -c 'it'\\''s'");
  EXPECT_EQ(run.steps[0].start, 2);
  EXPECT_EQ(run.steps[0].end, 6);
  EXPECT_FALSE(run.steps[1].start);
  ASSERT_EQ(run.claims.size(), 2U);
  EXPECT_EQ(run.claims[0].verdict, reports::run::Verdict::kInconclusive);
  EXPECT_EQ(run.claims[0].reason, "the run ended before it was decided");
  ASSERT_EQ(run.series.size(), 4U);
  EXPECT_EQ(run.series[0].name, "replicas desired by HPA target");
  EXPECT_EQ(run.series[0].points, (std::vector<std::pair<double, double>>{{0, 1}, {6, 3}}));
  EXPECT_EQ(run.series[2].points, (std::vector<std::pair<double, double>>{{0, 1}, {6, 1}}));
  EXPECT_EQ(run.notes,
            (std::vector<std::string>{"short windows",
                                      "prometheus: 4 polls without an answer from 00:03 to 00:06: "
                                      "connection refused"}));
  EXPECT_EQ(run.evidence, std::vector<std::string>{"cgroup at 00:06 (p1/app): oom_kill 0 -> 1"});
  EXPECT_EQ(run.exit, ExitCode::kInconclusive);
}

}  // namespace
}  // namespace plimsoll::engine::run

#include "scenarios/engine/parse/parse.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>

namespace plimsoll::engine::parse {
namespace {

using namespace std::chrono_literals;

const std::string kFile = TESTDATA "/scenario.yaml";  // rules and manifests stand beside it

Loaded load(const std::string& spec, const Context& context = {}) {
  return load_text(
      "apiVersion: plimsoll.dev/v1alpha1\nkind: Scenario\nmetadata: {name: s}\nspec:\n"
      "  target: {workload: deployment/target, container: app, hpa: target}\n" +
          spec,
      kFile, context);
}

// Every problem without the file's folder.
std::string problems_of(const Loaded& loaded) {
  std::string all;
  for (const auto& problem : loaded.problems) {
    auto line = to_string(problem);
    const std::string folder = TESTDATA "/";
    for (auto at = line.find(folder); at != std::string::npos; at = line.find(folder))
      line.erase(at, folder.size());
    all += line + "\n";
  }
  return all;
}

TEST(ScenarioTest, AWholeFileIsRead) {
  const auto loaded = load_file(kFile, {{{"over", "130"}}, "r7", "plimsoll-r7"});
  ASSERT_EQ(problems_of(loaded), "");
  ASSERT_EQ(loaded.scenarios.size(), 1U);
  const auto& s = loaded.scenarios[0];
  EXPECT_EQ(s.name, "everything");
  EXPECT_EQ(s.labels, (model::Labels{{"suite", "test"}}));
  EXPECT_EQ(s.params, (model::Labels{{"over", "130"}, {"rate", "12/s"}}));
  EXPECT_EQ(s.target.manifests, std::vector<std::string>{TESTDATA "/manifests"});
  EXPECT_EQ(s.own_alerts, std::vector<std::string>{"ContainerOOMKilled"});
  EXPECT_EQ(s.monitoring.prometheus.port, 9091);
  EXPECT_EQ(s.monitoring.receiver.service, "receiver");
  EXPECT_EQ(s.timeout, 12min);
  ASSERT_EQ(s.steps.size(), 7U);
  EXPECT_EQ(s.steps[0].by, std::optional<units::Duration>(90s));
  EXPECT_EQ(s.steps[1].name, "step2");
  const auto& load = std::get<model::Load>(s.steps[2].what);
  EXPECT_TRUE(s.steps[2].background);
  EXPECT_EQ(load.service, "target");
  EXPECT_EQ(load.port, 80);
  EXPECT_EQ(load.rate->per_second, 12);
  EXPECT_EQ(load.flags, (std::vector<std::pair<std::string, std::string>>{
                            {"header", "A: b"}, {"header", "C: d"}, {"connection-age", "5s"}}));
  const auto& staged = std::get<model::Load>(s.steps[4].what);
  EXPECT_EQ(staged.service, "other");
  EXPECT_EQ(staged.port, 8080);
  EXPECT_EQ(staged.stages.at(0).name, "");
  EXPECT_FALSE(staged.stages.at(0).step);
  EXPECT_EQ(staged.stages.at(1).duration, 60s);
  EXPECT_EQ(staged.stages.at(1).name, "peak");
  EXPECT_TRUE(staged.stages.at(1).step);
  const auto& exec = std::get<model::Exec>(s.steps[5].what);
  EXPECT_TRUE(std::holds_alternative<model::AnyPod>(exec.pod));
  EXPECT_EQ(exec.container, "app");
  EXPECT_EQ(exec.command, (std::vector<std::string>{"membloat", "--percent-of-limit", "130"}));
  EXPECT_EQ(exec.expect_exit, (std::vector<int>{0, 137}));
  EXPECT_EQ(std::get<model::PromqlClaim>(s.claims.at(8).subject).expr,
            "up{namespace=\"plimsoll-r7\",run=\"r7\"}");
  EXPECT_EQ(std::get<model::AlertClaim>(s.claims.at(4).subject).name, "ContainerOOMKilled");
  EXPECT_EQ(s.claims[0].expected, "desiredReplicas >=3");
  EXPECT_EQ(s.claims[0].window, "within 110s after load.start");
  EXPECT_EQ(s.claims[1].expected, "always desiredReplicas <=5");
  EXPECT_EQ(s.claims[3].expected, "restarts +1, last terminated: OOMKilled, exit code 137");
  EXPECT_EQ(s.claims[4].expected, "alert ContainerOOMKilled resolved (that of firing)");
  EXPECT_EQ(s.claims[4].window, "between 10s and 4m after firing.at");
  const auto again = load_text(s.resolved, kFile, {});
  EXPECT_EQ(problems_of(again), "");
}

TEST(ScenarioTest, EverythingWrongIsSaidAtOnceAndInOrder) {
  const auto loaded = load_file(TESTDATA "/wrong.yaml", {});
  std::ifstream golden(TESTDATA "/wrong.txt");
  const std::string expected{std::istreambuf_iterator<char>(golden), {}};
  EXPECT_EQ(problems_of(loaded), expected);
}

TEST(ScenarioTest, SetReachesParamsOnlyAndSaysWhichThereAre) {
  EXPECT_EQ(problems_of(
                load("  params: {rate: 1/s}\n  steps: [{sleep: 1s}]\n", {{{"rat", "2"}}, "", ""})),
            "scenario.yaml:6:11: --set rat=2: the scenario has no param 'rat'; did you mean "
            "'rate'?\n");
  EXPECT_EQ(problems_of(load("  steps: [{sleep: 1s}]\n", {{{"rate", "2"}}, "", ""})),
            "scenario.yaml:1:1: --set rate=2: the scenario has no param 'rate'\n");
}

TEST(ScenarioTest, OneFaultGivesOneLineAtItsPlace) {
  struct Row {
    const char* name;
    std::string spec, expected;
  };
  const auto claim = [](const std::string& text) {
    return "  steps: [{name: go, sleep: 1s}, {name: l, load: {rate: 1/s, duration: 1s}}]\n"
           "  expect:\n  - {" +
           text + "}\n";
  };
  const Row rows[] = {
      {"wrong unit", "  steps: [{sleep: 10}]\n", "6:19: '10' is not a duration"},
      {"two kinds", "  steps: [{sleep: 1s, load: {rate: 1/s, duration: 1s}}]\n",
       "6:11: a step needs exactly one of"},
      {"not yet", "  steps: [{scale: {replicas: 1}}]\n", "6:12: 'scale' is not supported yet"},
      {"load without end", "  steps: [{load: {rate: 1/s}}]\n", "6:18: load needs duration"},
      {"shape without duration",
       "  steps: [{load: {shape: 'sine:mean=2/s,amplitude=1/s,period=9s', requests: 5}}]\n",
       "6:18: load needs duration"},
      {"shape over several workers",
       "  steps: [{load: {shape: 'sine:mean=2/s,amplitude=1/s,period=9s', duration: 9s, workers: "
       "2}}]\n",
       "6:18: a shape's rates are those of one worker"},
      {"flag of loadgen that writes a file",
       "  steps: [{load: {rate: 1/s, duration: 1s, hdr: x}}]\n",
       "6:44: 'hdr' is not supported yet"},
      {"slip in a flag", "  steps: [{load: {rate: 1/s, duration: 1s, thread: 2}}]\n",
       "6:44: unknown key 'thread' in load; did you mean 'threads'?"},
      {"command as text", "  steps: [{exec: {command: ls -l}}]\n", "6:28: command must be a list"},
      {"wait for a later step",
       "  steps: [{wait: {for: b}}, {name: b, background: true, sleep: 1s}]\n",
       "6:11: wait for 'b': only an earlier step"},
      {"no steps, no claims", "  timeout: 1m\n", "5:3: neither steps nor expect"},
      {"missing rules", "  rules: [none.yaml]\n  steps: [{sleep: 1s}]\n",
       "6:11: none.yaml: no such file"},
      {"rules without alerts", "  rules: [manifests/deployment.yaml]\n  steps: [{sleep: 1s}]\n",
       "6:10: manifests/deployment.yaml: defines no alert"},
      {"no temporal operator", claim("id: a, hpa: {desiredReplicas: 1}"),
       "8:5: a claim needs exactly one of: e"},
      {"two temporal operators",
       claim("id: a, hpa: {desiredReplicas: 1}, always: {from: start, to: end}, "
             "never: {from: start, to: end}"),
       "8:5: a claim needs exactly one of: e"},
      {"wrong key for the temporal operator",
       claim("id: a, hpa: {desiredReplicas: 1}, always: {from: start, to: end, by: 1s}"),
       "8:71: unknown key 'by' in always"},
      {"missing key for the temporal operator",
       claim("id: a, hpa: {desiredReplicas: 1}, always: {from: start}"),
       "8:48: always needs the key 'to'"},
      {"nothing expected", claim("id: a, hpa: {}, always: {from: start, to: end}"),
       "8:18: says nothing to expect"},
      {"comparison", claim("id: a, hpa: {desiredReplicas: '=>3'}, always: {from: start, to: end}"),
       "8:36: '=>3' is not a comparison"},
      {"unknown step",
       claim("id: a, hpa: {desiredReplicas: 1}, eventually: {after: og.start, by: "
             "1s}"),
       "8:60: there is no step 'og'"},
      {"unknown claim",
       claim("id: a, hpa: {desiredReplicas: 1}, eventually: {after: b.at, by: 1s}"),
       "8:60: there is no claim 'b'"},
      {"itself", claim("id: a, hpa: {desiredReplicas: 1}, eventually: {after: a.at, by: 1s}"),
       "8:5: claim 'a' waits for itself"},
      {"a ring",
       claim("id: a, hpa: {desiredReplicas: 1}, eventually: {after: b.at, by: 1s}}\n"
             "  - {id: b, hpa: {desiredReplicas: 1}, eventually: {after: a.at, by: 1s}"),
       "8:5: claim 'a' waits for itself"},
      {"after the end", claim("id: a, hpa: {desiredReplicas: 1}, eventually: {after: end, by: 1s}"),
       "8:60: nothing is observed after the end"},
      {"counted from the end",
       claim("id: a, hpa: {desiredReplicas: 1}, always: {from: start, to: end}}\n"
             "  - {id: b, hpa: {desiredReplicas: 1}, eventually: {after: a.at, by: 1s}"),
       "9:5: 'a' is known only at the end"},
      {"empty window",
       claim("id: a, hpa: {desiredReplicas: 1}, always: {from: start+2s, to: start+1s}"),
       "8:55: the window from start+2s to start+1s is empty"},
      {"notBefore after by",
       claim("id: a, hpa: {desiredReplicas: 1}, between: {after: start, "
             "notBefore: 5s, by: 5s}"),
       "8:5: 'notBefore' (5s) must be less than 'by' (5s)"},
      {"ref to another kind",
       claim("id: a, hpa: {desiredReplicas: 1}, eventually: {after: start, by: 1s}}\n"
             "  - {id: b, alert: {ref: a, state: resolved}, eventually: {after: start, by: 1s}"),
       "9:5: ref 'a' is not an alert claim"},
      {"ref nowhere",
       claim("id: b, alert: {ref: a, state: resolved}, eventually: {after: start, by: 1s}"),
       "8:5: ref 'a': there is no such claim"},
      {"alert without state", claim("id: a, alert: {name: X}, never: {from: start, to: end}"),
       "8:20: alert needs the key 'state'"},
      {"event always",
       claim("id: a, event: {object: hpa/x, reason: R}, always: {from: start, to: end}"),
       "8:5: an event or a delivery is a moment"},
      {"load over a part",
       claim("id: a, load: {ref: l, p99: <1s}, final: {from: start, to: go.end}"),
       "8:5: a load claim over a part of the load is not supported yet"},
      {"load ref", claim("id: a, load: {ref: go, p99: <1s}, final: {from: start, to: end}"),
       "8:5: ref 'go': there is no load step"},
      {"twice the id", claim("id: go, hpa: {desiredReplicas: 1}, always: {from: start, to: end}"),
       "8:5: the id 'go' is already"},
      {"restarts without plus",
       claim("id: a, container: {restarts: 1}, always: {from: start, to: "
             "end}"),
       "8:35: '1' is not a count from the start of the run"},
      {"unknown state", claim("id: a, container: {state: runing}, never: {from: start, to: end}"),
       "8:32: 'runing' is not running"},
      {"variable", "  steps: [{exec: {command: [sh, '${x}']}}]\n", "6:33: '${x}' is not defined"},
  };
  for (const auto& row : rows) {
    const auto problems = problems_of(load(row.spec));
    EXPECT_NE(problems.find(row.expected), std::string::npos) << row.name << "\n" << problems;
    EXPECT_EQ(std::count(problems.begin(), problems.end(), '\n'), 1) << row.name << "\n"
                                                                     << problems;
  }
}

TEST(ScenarioTest, WhatIsNoScenarioIsRefused) {
  EXPECT_EQ(problems_of(load_text("", "f.yaml", {})), "f.yaml: holds no scenario\n");
  EXPECT_EQ(problems_of(load_text("a: [", "f.yaml", {})).substr(0, 7), "f.yaml:");
  EXPECT_EQ(problems_of(load_text("- a\n", "f.yaml", {})),
            "f.yaml:1:1: a scenario must be a map, not a list\n");
  EXPECT_EQ(problems_of(load_file("/nonexistent.yaml", {})), "/nonexistent.yaml: cannot be read\n");
}

TEST(ScenarioTest, TheCatalogueIsValid) {
  for (const auto* name : {"hpa-scale-out-in", "memory-oom-alert", "cpu-throttle-alert"}) {
    const auto loaded = load_file(fmt::format("{}/../../../{}.yaml", TESTDATA, name), {});
    EXPECT_EQ(problems_of(loaded), "") << name;
  }
}

}  // namespace
}  // namespace plimsoll::engine::parse

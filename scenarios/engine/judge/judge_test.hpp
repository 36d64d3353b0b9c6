// Hand-written observation logs for the judge's tests: short, and in the order of time.
#pragma once
#include <gtest/gtest.h>

#include <string>

#include "scenarios/engine/judge/judge.hpp"
#include "scenarios/engine/parse/parse.hpp"

namespace plimsoll::engine::judge::fixture {

// A scenario with steps "bloat" (exec), "load" and "nap", and these claims (YAML, one a line).
inline model::Scenario scenario_with(const std::string& claims) {
  auto loaded = parse::load_text(
      "apiVersion: plimsoll.dev/v1alpha1\nkind: Scenario\nmetadata: {name: s}\nspec:\n"
      "  target: {workload: deployment/target, container: app, hpa: target}\n"
      "  rules: [rules/oom.yaml]\n"
      "  steps:\n"
      "    - {name: bloat, exec: {pod: any, command: [membloat]}}\n"
      "    - {name: load, load: {rate: 1/s, duration: 1s}}\n"
      "    - {name: nap, sleep: 1s}\n"
      "  expect:\n" +
          claims,
      TESTDATA "/../../parse/testdata/scenario.yaml", {});
  std::string problems;
  for (const auto& problem : loaded.problems) problems += to_string(problem) + "\n";
  EXPECT_EQ(problems, "");
  return std::move(loaded.scenarios.at(0));
}

// Writes a log: at(t) moves on to that time, with a poll of Kubernetes, Prometheus and the receiver
// each second on the way; where the source's flag below is false the poll fails.
class Log {
 public:
  Log() {
    add(log::RunObservation{"r1", "ns", "s", 1, 1, 1, 1});
    mark("start");
  }

  Log& at(double t) {
    while (t_ + 1 <= t) {
      t_ += 1;
      poll(log::Source::kKubernetes, kubernetes);
      poll(log::Source::kPrometheus, prometheus);
      poll(log::Source::kReceiver, receiver);
    }
    t_ = t;
    return *this;
  }
  Log& add(log::Observed what) {
    log.push_back({t_, {}, std::move(what)});
    return *this;
  }
  Log& mark(const std::string& name) { return add(log::MarkObservation{name}); }
  Log& start(const std::string& step, std::vector<std::string> pods = {}) {
    return add(log::StepObservation{
        step, log::StepObservation::Event::kStart, {}, std::move(pods), true, {}, 0, ""});
  }
  Log& end(const std::string& step) {
    return add(
        log::StepObservation{step, log::StepObservation::Event::kEnd, {}, {}, true, 0, 0, ""});
  }
  Log& hpa(int desired, int current = 1) {
    return add(log::HpaObservation{
        "target", current, desired, 1, 5, {{"ScalingActive", "True", "R", ""}}});
  }
  Log& ready(int replicas) {
    return add(
        log::WorkloadObservation{"deployment/target", replicas, replicas, replicas, replicas});
  }
  Log& pod(const std::string& name, int restarts, const std::string& reason = "",
           int exit_code = 137, const std::string& finished = "f") {
    log::ContainerObservation container{"app", true, restarts, "running", "", {}, {}};
    if (!reason.empty()) container.last_terminated = log::Termination{reason, exit_code, finished};
    return add(log::PodObservation{
        name, "uid-" + name, "Running", "deployment/target", true, false, {container}});
  }
  Log& pods(std::vector<std::string> names) { return add(log::PodsObservation{std::move(names)}); }
  // One alert of pod, or none where state is empty.
  Log& alert(const std::string& state, const std::string& pod = "p1",
             const std::string& health = "ok", bool own = true) {
    log::AlertRule rule{
        "ContainerOOMKilled", "oom", health, health == "err" ? "bad join" : "", own, {}};
    if (!state.empty()) rule.alerts.push_back({state, labels(pod), ""});
    return add(log::AlertsObservation{{rule}});
  }
  Log& delivery(const std::string& status, const std::string& pod = "p1") {
    return add(log::DeliveryObservation{
        ++seq_, "webhook", status, "g", {{status, labels(pod), "", "", "f"}}});
  }
  Log& answer(std::vector<double> values) {
    log::PromqlObservation answer{"q", {}};
    for (const double value : values) answer.samples.push_back({{}, value});
    return add(answer);
  }

  bool kubernetes = true, prometheus = true, receiver = true;
  std::string own_label = "r1";
  std::string ns = "ns";
  log::Observations log;

 private:
  void poll(log::Source source, bool alive) {
    if (alive)
      add(log::PollOk{source, ""});
    else
      add(log::PollFailed{source, "", "connection refused"});
  }
  [[nodiscard]] log::LabelMap labels(const std::string& pod) const {
    return {{"alertname", "ContainerOOMKilled"},
            {"namespace", ns},
            {"pod", pod},
            {"plimsoll_run", own_label}};
  }

  double t_ = 0;
  std::uint64_t seq_ = 0;
};

inline ClaimVerdict verdict(const std::string& claims, const Log& log, double now,
                            std::size_t index = 0) {
  return judge(scenario_with(claims), log.log, now).claims.at(index);
}

}  // namespace plimsoll::engine::judge::fixture

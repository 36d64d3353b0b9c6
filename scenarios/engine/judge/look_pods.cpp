// The claims about the workload and its containers.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "scenarios/engine/judge/looks.hpp"
#include "scenarios/engine/log/pods.hpp"

namespace plimsoll::engine::judge {
namespace {

using Truth = Look::Truth;

std::string workload_name(const model::Scenario& scenario) {
  const auto& workload = scenario.target.workload;
  return fmt::format("{}/{}", to_string(workload.kind), workload.name);
}

std::set<std::string> pods_of_exec_steps(const log::Timeline& timeline) {
  std::set<std::string> pods;
  for (const auto& [t, at, what] : timeline.observations()) {
    if (const auto* step = std::get_if<log::StepObservation>(&what)) {
      pods.insert(step->pods.begin(), step->pods.end());
    }
  }
  return pods;
}

class WorkloadEye {
 public:
  WorkloadEye(const model::WorkloadClaim& claim, const Question& question)
      : claim_(claim),
        name_(workload_name(question.scenario)),
        struck_(pods_of_exec_steps(question.timeline)),
        pods_(question.timeline.start()) {}

  // True where the observation says something new about the workload or its pods.
  bool take(const log::Observation& observation) {
    const auto& what = observation.what;
    if (const auto* workload = std::get_if<log::WorkloadObservation>(&what)) {
      if (workload->name == name_) seen_ = *workload;
      return workload->name == name_;
    }
    if (const auto* absent = std::get_if<log::AbsentObservation>(&what)) {
      if (absent->object == name_) seen_.reset();
      absent_ = absent_ || absent->object == name_;
      return absent->object == name_;
    }
    return pods_.take(observation);
  }

  [[nodiscard]] std::optional<Look> look(double t) const {
    Look look{t, Truth::kHolds, "", {}};
    std::vector<std::string> seen;
    const auto compare = [&](const char* what, const model::Comparison& expected, const char* sign,
                             int value) {
      seen.push_back(fmt::format("{} {}{}", what, sign, value));
      if (!expected.holds(value)) look.truth = Truth::kBreaks;
    };
    if (claim_.ready_replicas) {
      if (!seen_ && !absent_) return std::nullopt;
      if (!seen_) return Look{t, Truth::kNoData, name_ + " is not there", {}};
      compare("readyReplicas", *claim_.ready_replicas, "", seen_->ready);
    }
    int sum = 0;
    int others = 0;
    const auto restarts_by_pod = pods_.restarts_of(name_);
    for (const auto& [pod, restarts] : restarts_by_pod) {
      sum += restarts;
      if (restarts > 0 && !struck_.contains(pod)) ++others;
    }
    if ((claim_.restarts || claim_.other_pods_restarted) && restarts_by_pod.empty()) {
      return Look{t, Truth::kNoData, "no pod of " + name_ + " was seen", {}};
    }
    if (claim_.restarts) compare("restarts", *claim_.restarts, "+", sum);
    if (claim_.other_pods_restarted) {
      compare("otherPodsRestarted", *claim_.other_pods_restarted, "", others);
    }
    look.seen = fmt::format("{}", fmt::join(seen, ", "));
    return look;
  }

 private:
  const model::WorkloadClaim& claim_;
  std::string name_;
  std::set<std::string> struck_;
  log::Pods pods_;
  std::optional<log::WorkloadObservation> seen_;
  bool absent_ = false;
};

class ContainerEye {
 public:
  ContainerEye(const model::ContainerClaim& claim, const Question& question)
      : claim_(claim),
        question_(question),
        workload_(workload_name(question.scenario)),
        pods_(question.timeline.start()) {}

  bool take(const log::Observation& observation) {
    if (const auto* evidence = std::get_if<log::EvidenceObservation>(&observation.what)) {
      evidence_.push_back(*evidence);
      return true;
    }
    if (!pods_.take(observation)) return false;
    if (observation.t <= question_.from && !question_.state_only) remember_old();
    return true;
  }

  [[nodiscard]] Look look(double t) const {
    Look look{t, Truth::kNoData, "", {}};
    std::vector<std::string> holding, breaking;
    for (const auto& [name, pod] : pods_.present()) {
      if (!concerns(pod)) continue;
      const auto* container = log::Pods::container(pod, claim_.container);
      if (container == nullptr) continue;
      std::string seen;
      (holds(pod, *container, seen) ? holding : breaking).push_back(seen);
    }
    if (holding.empty() && breaking.empty()) {
      look.seen = fmt::format("no container {} in {}",
                              claim_.container.empty() ? "at all" : claim_.container, whose());
      return look;
    }
    const bool holds = question_.every_pod ? breaking.empty() : !holding.empty();
    look.truth = holds ? Truth::kHolds : Truth::kBreaks;
    const auto& telling = holds ? holding : breaking;
    look.seen = telling.size() <= 3
                    ? fmt::format("{}", fmt::join(telling, "; "))
                    : fmt::format("{}; and {} more pods", telling[0], telling.size() - 1);
    return look;
  }

 private:
  static std::string key(const log::PodObservation& pod,
                         const log::ContainerObservation& container) {
    return pod.uid + "/" + container.name;
  }

  [[nodiscard]] std::string whose() const {
    return question_.pods.empty() ? "the pods of " + workload_
                                  : fmt::format("pod {}", fmt::join(question_.pods, ", "));
  }

  // A pod that is going away ends its containers with codes of their own: nobody's claim.
  [[nodiscard]] bool concerns(const log::PodObservation& pod) const {
    if (pod.deleting) return false;
    const auto& pods = question_.pods;
    if (pods.empty()) return pod.workload == workload_;
    return std::find(pods.begin(), pods.end(), pod.name) != pods.end();
  }

  void remember_old() {
    for (const auto& [name, pod] : pods_.present()) {
      for (const auto& container : pod.containers) {
        auto& old = old_[key(pod, container)];
        if (container.terminated) old.insert(*container.terminated);
        if (container.last_terminated) old.insert(*container.last_terminated);
      }
    }
  }

  // The latest end of the container that is not from before the window.
  [[nodiscard]] std::optional<log::Termination> last_end(
      const log::PodObservation& pod, const log::ContainerObservation& container) const {
    const auto old = old_.find(key(pod, container));
    for (const auto& end : {container.terminated, container.last_terminated}) {
      if (end && (old == old_.end() || !old->second.contains(*end))) return end;
    }
    return std::nullopt;
  }

  [[nodiscard]] bool holds(const log::PodObservation& pod,
                           const log::ContainerObservation& container, std::string& seen) const {
    bool all = true;
    std::vector<std::string> parts;
    if (claim_.restarts) {
      const int restarts = pods_.restarts(pod, container);
      parts.push_back(fmt::format("restarts +{}", restarts));
      all = all && claim_.restarts->holds(restarts);
    }
    if (claim_.last_terminated) {
      const auto end = last_end(pod, container);
      all = all && end && fits(*end);
      parts.push_back(tell(pod, container, end));
    }
    if (!claim_.state.empty()) {
      const auto& reason = container.state_reason;
      parts.push_back(
          fmt::format("state {}{}{}", container.state, reason.empty() ? "" : "/", reason));
      all = all && container.state == claim_.state &&
            (claim_.state_reason.empty() || claim_.state_reason == reason);
    }
    seen = fmt::format("{} (pod {})", fmt::join(parts, ", "), pod.name);
    return all;
  }

  [[nodiscard]] bool fits(const log::Termination& end) const {
    const auto& wanted = *claim_.last_terminated;
    return (wanted.reason.empty() || wanted.reason == end.reason) &&
           (!wanted.exit_code || *wanted.exit_code == end.exit_code);
  }

  // Exit code 137 is SIGKILL, from whomever; only the kubelet's word makes it an OOM kill. Where it
  // does not say so, what else is known is told beside it (a report shows all of it in any case).
  [[nodiscard]] std::string tell(const log::PodObservation& pod,
                                 const log::ContainerObservation& container,
                                 const std::optional<log::Termination>& end) const {
    if (!end) return "not terminated";
    auto text = fmt::format("last terminated: {}, exit code {}", end->reason, end->exit_code);
    if (claim_.last_terminated->reason != "OOMKilled" || end->reason == "OOMKilled") return text;
    std::vector<std::string> hints;
    for (const auto& evidence : evidence_) {
      if (evidence.pod != pod.name) continue;
      if (!evidence.container.empty() && evidence.container != container.name) continue;
      hints.push_back(fmt::format("{}: {}", evidence.source, evidence.message));
    }
    if (end->exit_code == 137) {
      text += ", which is a SIGKILL that the kubelet does not call OOMKilled";
      if (hints.empty()) hints.emplace_back("no other sign of an OOM kill");
    }
    return hints.empty() ? text : fmt::format("{} [{}]", text, fmt::join(hints, "; "));
  }

  const model::ContainerClaim& claim_;
  const Question& question_;
  std::string workload_;
  log::Pods pods_;
  std::map<std::string, std::set<log::Termination>> old_;
  std::vector<log::EvidenceObservation> evidence_;
};

}  // namespace

Looks look(const model::WorkloadClaim& claim, const Question& question) {
  Looks looks;
  const auto name = workload_name(question.scenario);
  if (claim.ready_replicas) looks.coverage.push_back(question.timeline.of("workload", name));
  if (claim.restarts || claim.other_pods_restarted) {
    looks.coverage.push_back(question.timeline.of("pods", "the pods"));
  }
  looks.nothing = fmt::format("{} was never seen", name);
  looks.may_come_later = true;
  WorkloadEye eye(claim, question);
  for (const auto& observation : question.timeline.observations()) {
    if (!eye.take(observation)) continue;
    if (auto seen = eye.look(observation.t)) looks.looks.push_back(std::move(*seen));
  }
  cut_to_window(looks, question);
  return looks;
}

Looks look(const model::ContainerClaim& claim, const Question& question) {
  Looks looks;
  looks.coverage.push_back(question.timeline.of("pods", "the pods"));
  looks.nothing = "no pod was seen";
  looks.may_come_later = true;
  ContainerEye eye(claim, question);
  for (const auto& observation : question.timeline.observations()) {
    if (eye.take(observation)) looks.looks.push_back(eye.look(observation.t));
  }
  cut_to_window(looks, question);
  return looks;
}

}  // namespace plimsoll::engine::judge

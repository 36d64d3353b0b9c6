// Claims about one container of each pod: how it ended, its restarts, its state.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "scenarios/engine/judge/evaluation.hpp"
#include "scenarios/engine/log/pods.hpp"

namespace plimsoll::engine::judge {
namespace {

using Truth = Evaluation::Truth;

class ContainerEvaluator {
 public:
  ContainerEvaluator(const model::ContainerClaim& claim, const EvaluationContext& context)
      : claim_(claim),
        context_(context),
        workload_(workload_name(context.scenario)),
        pods_(context.timeline.start()) {}

  bool update(const log::Observation& observation) {
    if (const auto* evidence = std::get_if<log::EvidenceObservation>(&observation.what)) {
      evidence_.push_back(*evidence);
      return true;
    }
    if (!pods_.update(observation)) return false;
    if (observation.t <= context_.from && !context_.state_only) remember_ends();
    return true;
  }

  [[nodiscard]] Evaluation evaluate_at(double t) const {
    Evaluation evaluation{t, Truth::kNoData, "", {}};
    std::vector<std::string> holding, breaking;
    for (const auto& [name, pod] : pods_.present()) {
      if (!in_scope(pod)) continue;
      const auto* container = log::Pods::container(pod, claim_.container);
      if (container == nullptr) continue;
      std::string seen;
      (holds(pod, *container, seen) ? holding : breaking).push_back(seen);
    }
    if (holding.empty() && breaking.empty()) {
      evaluation.seen = fmt::format(
          "no container {} in {}", claim_.container.empty() ? "at all" : claim_.container, whose());
      return evaluation;
    }
    const bool holds = context_.every_pod ? breaking.empty() : !holding.empty();
    evaluation.truth = holds ? Truth::kHolds : Truth::kViolated;
    const auto& deciding = holds ? holding : breaking;
    evaluation.seen = deciding.size() <= 3
                          ? fmt::format("{}", fmt::join(deciding, "; "))
                          : fmt::format("{}; and {} more pods", deciding[0], deciding.size() - 1);
    return evaluation;
  }

 private:
  static std::string key(const log::PodObservation& pod,
                         const log::ContainerObservation& container) {
    return pod.uid + "/" + container.name;
  }

  [[nodiscard]] std::string whose() const {
    return context_.pods.empty() ? "the pods of " + workload_
                                 : fmt::format("pod {}", fmt::join(context_.pods, ", "));
  }

  // The exit codes of a pod that is being deleted come from the deletion: they do not count.
  [[nodiscard]] bool in_scope(const log::PodObservation& pod) const {
    if (pod.deleting) return false;
    const auto& pods = context_.pods;
    if (pods.empty()) return pod.workload == workload_;
    return std::find(pods.begin(), pods.end(), pod.name) != pods.end();
  }

  void remember_ends() {
    for (const auto& [name, pod] : pods_.present()) {
      for (const auto& container : pod.containers) {
        auto& ends = ends_before_[key(pod, container)];
        if (container.terminated) ends.insert(*container.terminated);
        if (container.last_terminated) ends.insert(*container.last_terminated);
      }
    }
  }

  // The latest end of the container that is not from before the window.
  [[nodiscard]] std::optional<log::Termination> last_end(
      const log::PodObservation& pod, const log::ContainerObservation& container) const {
    const auto before = ends_before_.find(key(pod, container));
    for (const auto& end : {container.terminated, container.last_terminated})
      if (end && (before == ends_before_.end() || !before->second.contains(*end))) return end;
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
      all = all && end && matches(*end);
      parts.push_back(describe_end(pod, container, end));
    }
    if (const auto& wanted = claim_.state) {
      const auto& reason = container.state_reason;
      parts.push_back(
          fmt::format("state {}{}{}", container.state, reason.empty() ? "" : "/", reason));
      all = all && container.state == wanted->state &&
            (wanted->reason.empty() || wanted->reason == reason);
    }
    seen = fmt::format("{} (pod {})", fmt::join(parts, ", "), pod.name);
    return all;
  }

  [[nodiscard]] bool matches(const log::Termination& end) const {
    const auto& wanted = *claim_.last_terminated;
    return (wanted.reason.empty() || wanted.reason == end.reason) &&
           (!wanted.exit_code || *wanted.exit_code == end.exit_code);
  }

  // Exit code 137 is any SIGKILL; only the kubelet's reason OOMKilled makes it an OOM kill. Where
  // the kubelet gives another reason, other evidence is added (a report shows all of it anyway).
  [[nodiscard]] std::string describe_end(const log::PodObservation& pod,
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
  const EvaluationContext& context_;
  std::string workload_;
  log::Pods pods_;
  std::map<std::string, std::set<log::Termination>> ends_before_;
  std::vector<log::EvidenceObservation> evidence_;
};

}  // namespace

EvaluationSeries evaluate(const model::ContainerClaim& claim, const EvaluationContext& context) {
  EvaluationSeries series;
  series.coverage.push_back(context.timeline.coverage_of("pods", "the pods"));
  series.why_empty = "no pod was seen";
  series.may_appear_later = true;
  ContainerEvaluator evaluator(claim, context);
  for (const auto& observation : context.timeline.observations()) {
    if (evaluator.update(observation))
      series.evaluations.push_back(evaluator.evaluate_at(observation.t));
  }
  clip_to_window(series, context);
  return series;
}

}  // namespace plimsoll::engine::judge

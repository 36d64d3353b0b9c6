// Claims about the workload as a whole: ready replicas, and restarts over all its pods.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "scenarios/engine/judge/evaluation.hpp"
#include "scenarios/engine/log/pods.hpp"

namespace plimsoll::engine::judge {
namespace {

using Truth = Evaluation::Truth;

std::set<std::string> pods_of_exec_steps(const log::Timeline& timeline) {
  std::set<std::string> pods;
  for (const auto& [t, at, what] : timeline.observations()) {
    if (const auto* step = std::get_if<log::StepObservation>(&what))
      pods.insert(step->pods.begin(), step->pods.end());
  }
  return pods;
}

class WorkloadEvaluator {
 public:
  WorkloadEvaluator(const model::WorkloadClaim& claim, const EvaluationContext& context)
      : claim_(claim),
        name_(workload_name(context.scenario)),
        exec_pods_(pods_of_exec_steps(context.timeline)),
        pods_(context.timeline.start()) {}

  // True where the observation is about the workload or its pods.
  bool update(const log::Observation& observation) {
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
    return pods_.update(observation);
  }

  [[nodiscard]] std::optional<Evaluation> evaluate_at(double t) const {
    Evaluation evaluation{t, Truth::kHolds, "", {}};
    std::vector<std::string> seen;
    const auto compare = [&](const char* what, const model::Comparison& expected, const char* sign,
                             int value) {
      seen.push_back(fmt::format("{} {}{}", what, sign, value));
      if (!expected.holds(value)) evaluation.truth = Truth::kViolated;
    };
    if (claim_.ready_replicas) {
      if (!seen_ && !absent_) return std::nullopt;
      if (!seen_) return Evaluation{t, Truth::kNoData, name_ + " is not there", {}};
      compare("readyReplicas", *claim_.ready_replicas, "", seen_->ready);
    }
    int sum = 0;
    int others = 0;
    const auto restarts_by_pod = pods_.restarts_of(name_);
    for (const auto& [pod, restarts] : restarts_by_pod) {
      sum += restarts;
      if (restarts > 0 && !exec_pods_.contains(pod)) ++others;
    }
    if ((claim_.restarts || claim_.other_pods_restarted) && restarts_by_pod.empty())
      return Evaluation{t, Truth::kNoData, "no pod of " + name_ + " was seen", {}};
    if (claim_.restarts) compare("restarts", *claim_.restarts, "+", sum);
    if (claim_.other_pods_restarted)
      compare("otherPodsRestarted", *claim_.other_pods_restarted, "", others);
    evaluation.seen = fmt::format("{}", fmt::join(seen, ", "));
    return evaluation;
  }

 private:
  const model::WorkloadClaim& claim_;
  std::string name_;
  std::set<std::string> exec_pods_;
  log::Pods pods_;
  std::optional<log::WorkloadObservation> seen_;
  bool absent_ = false;
};

}  // namespace

EvaluationSeries evaluate(const model::WorkloadClaim& claim, const EvaluationContext& context) {
  EvaluationSeries series;
  const auto name = workload_name(context.scenario);
  if (claim.ready_replicas)
    series.coverage.push_back(context.timeline.coverage_of("workload", name));
  if (claim.restarts || claim.other_pods_restarted)
    series.coverage.push_back(context.timeline.coverage_of("pods", "the pods"));
  series.why_empty = fmt::format("{} was never seen", name);
  series.may_appear_later = true;
  WorkloadEvaluator evaluator(claim, context);
  for (const auto& observation : context.timeline.observations()) {
    if (!evaluator.update(observation)) continue;
    if (auto seen = evaluator.evaluate_at(observation.t))
      series.evaluations.push_back(std::move(*seen));
  }
  clip_to_window(series, context);
  return series;
}

}  // namespace plimsoll::engine::judge

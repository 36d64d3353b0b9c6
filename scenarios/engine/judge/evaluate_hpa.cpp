// Claims about the HPA: replicas, a condition, and how often desiredReplicas changed direction.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "scenarios/engine/judge/evaluation.hpp"

namespace plimsoll::engine::judge {
namespace {

using Truth = Evaluation::Truth;

const log::HpaCondition* find_condition(const log::HpaObservation& hpa, const std::string& type) {
  for (const auto& condition : hpa.conditions)
    if (condition.type == type) return &condition;
  return nullptr;
}

// Counts the direction changes of desiredReplicas within the window: 1, 4, 1 is one.
class DirectionChanges {
 public:
  // before_window: only the last such value matters, as the one that the window starts with.
  void add(int desired, bool before_window) {
    if (known_ && !before_window && desired != last_) {
      const int direction = desired > last_ ? 1 : -1;
      if (direction_ != 0 && direction != direction_) ++count_;
      direction_ = direction;
    }
    last_ = desired;
    known_ = true;
  }
  [[nodiscard]] int count() const noexcept { return count_; }

 private:
  bool known_ = false;
  int last_ = 0, direction_ = 0, count_ = 0;
};

Evaluation evaluate_hpa(const model::HpaClaim& claim, const log::HpaObservation& hpa,
                        int direction_changes, double t) {
  Evaluation evaluation{t, Truth::kHolds, "", {}};
  std::vector<std::string> seen;
  const auto compare = [&](const char* what, const std::optional<model::Comparison>& expected,
                           int value) {
    if (!expected) return;
    seen.push_back(fmt::format("{} {}", what, value));
    if (!expected->holds(value)) evaluation.truth = Truth::kViolated;
  };
  compare("desiredReplicas", claim.desired_replicas, hpa.desired);
  compare("currentReplicas", claim.current_replicas, hpa.current);
  compare("directionChanges", claim.direction_changes, direction_changes);
  if (claim.condition) {
    const auto* condition = find_condition(hpa, claim.condition->type);
    if (condition == nullptr || condition->status != claim.condition->status)
      evaluation.truth = Truth::kViolated;
    seen.push_back(condition == nullptr ? fmt::format("no condition {}", claim.condition->type)
                                        : fmt::format("{}={} ({})", condition->type,
                                                      condition->status, condition->reason));
  }
  evaluation.seen = fmt::format("{}", fmt::join(seen, ", "));
  return evaluation;
}

}  // namespace

EvaluationSeries evaluate(const model::HpaClaim& claim, const EvaluationContext& context) {
  EvaluationSeries series;
  series.cumulative = claim.direction_changes.has_value();
  series.coverage.push_back(context.timeline.coverage_of("hpa", "HPA " + claim.name));
  series.why_empty = fmt::format("HPA {} was never seen", claim.name);
  series.may_appear_later = true;
  DirectionChanges changes;
  for (const auto& [t, at, what] : context.timeline.observations()) {
    if (const auto* hpa = std::get_if<log::HpaObservation>(&what); hpa && hpa->name == claim.name) {
      changes.add(hpa->desired, t <= context.from);
      series.evaluations.push_back(evaluate_hpa(claim, *hpa, changes.count(), t));
    }
    if (const auto* absent = std::get_if<log::AbsentObservation>(&what);
        absent && absent->object == "hpa/" + claim.name) {
      series.evaluations.push_back(
          {t, Truth::kNoData, fmt::format("HPA {} is not there", claim.name), {}});
    }
  }
  clip_to_window(series, context);
  return series;
}

}  // namespace plimsoll::engine::judge

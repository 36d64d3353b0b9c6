#include <fmt/format.h>
#include <fmt/ranges.h>

#include "scenarios/engine/judge/looks.hpp"

namespace plimsoll::engine::judge {
namespace {

using Truth = Look::Truth;

const log::HpaCondition* find_condition(const log::HpaObservation& hpa, const std::string& type) {
  for (const auto& condition : hpa.conditions) {
    if (condition.type == type) return &condition;
  }
  return nullptr;
}

// Counts the turns of desiredReplicas within the window: 1, 4, 1 is one.
class Turns {
 public:
  // before: not yet in the window, where only the last value matters.
  void add(int desired, bool before) {
    if (known_ && !before && desired != last_) {
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

Look judge_hpa(const model::HpaClaim& claim, const log::HpaObservation& hpa, int turns, double t) {
  Look look{t, Truth::kHolds, "", {}};
  std::vector<std::string> seen;
  const auto compare = [&](const char* what, const std::optional<model::Comparison>& expected,
                           int value) {
    if (!expected) return;
    seen.push_back(fmt::format("{} {}", what, value));
    if (!expected->holds(value)) look.truth = Truth::kBreaks;
  };
  compare("desiredReplicas", claim.desired_replicas, hpa.desired);
  compare("currentReplicas", claim.current_replicas, hpa.current);
  compare("directionChanges", claim.direction_changes, turns);
  if (claim.condition) {
    const auto* condition = find_condition(hpa, claim.condition->type);
    if (condition == nullptr || condition->status != claim.condition->status) {
      look.truth = Truth::kBreaks;
    }
    seen.push_back(condition == nullptr ? fmt::format("no condition {}", claim.condition->type)
                                        : fmt::format("{}={} ({})", condition->type,
                                                      condition->status, condition->reason));
  }
  look.seen = fmt::format("{}", fmt::join(seen, ", "));
  return look;
}

}  // namespace

Looks look(const model::HpaClaim& claim, const Question& question) {
  Looks looks;
  looks.cumulative = claim.direction_changes.has_value();
  looks.coverage.push_back(question.timeline.of("hpa", "HPA " + claim.name));
  looks.nothing = fmt::format("HPA {} was never seen", claim.name);
  looks.may_come_later = true;
  Turns turns;
  for (const auto& [t, at, what] : question.timeline.observations()) {
    if (const auto* hpa = std::get_if<log::HpaObservation>(&what); hpa && hpa->name == claim.name) {
      turns.add(hpa->desired, t <= question.from);
      looks.looks.push_back(judge_hpa(claim, *hpa, turns.count(), t));
    }
    if (const auto* absent = std::get_if<log::AbsentObservation>(&what);
        absent && absent->object == "hpa/" + claim.name) {
      looks.looks.push_back(
          {t, Truth::kNoData, fmt::format("HPA {} is not there", claim.name), {}});
    }
  }
  cut_to_window(looks, question);
  return looks;
}

}  // namespace plimsoll::engine::judge

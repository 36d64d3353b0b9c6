#include "scenarios/engine/model/model.hpp"

#include <algorithm>

namespace plimsoll::engine::model {

bool Comparison::holds(double seen) const noexcept {
  switch (op) {
    case Comparator::kEqual:
      return seen == value;
    case Comparator::kNotEqual:
      return seen != value;
    case Comparator::kLess:
      return seen < value;
    case Comparator::kLessEqual:
      return seen <= value;
    case Comparator::kGreater:
      return seen > value;
    case Comparator::kGreaterEqual:
      return seen >= value;
  }
  return false;
}

const char* to_string(WorkloadKind kind) noexcept {
  switch (kind) {
    case WorkloadKind::kDeployment:
      return "deployment";
    case WorkloadKind::kStatefulSet:
      return "statefulset";
    case WorkloadKind::kDaemonSet:
      return "daemonset";
  }
  return "deployment";
}

const char* kind_of(const Step& step) noexcept {
  return std::visit([](const auto& what) { return what.kKey; }, step.what);
}

std::vector<Mark> marks_of(const TemporalOperator& temporal_operator) {
  return std::visit(
      [](const auto& temporal) -> std::vector<Mark> {
        if constexpr (requires { temporal.after; })
          return {temporal.after};
        else
          return {temporal.from, temporal.to};
      },
      temporal_operator);
}

bool wants_transition(const TemporalOperator& temporal_operator) noexcept {
  return std::holds_alternative<Eventually>(temporal_operator) ||
         std::holds_alternative<Between>(temporal_operator);
}

const Claim* find_claim(const Scenario& scenario, const std::string& id) {
  const auto found = std::find_if(scenario.claims.begin(), scenario.claims.end(),
                                  [&](const Claim& claim) { return claim.id == id; });
  return found == scenario.claims.end() ? nullptr : &*found;
}

const Step* find_step(const Scenario& scenario, const std::string& name) {
  const auto found = std::find_if(scenario.steps.begin(), scenario.steps.end(),
                                  [&](const Step& step) { return step.name == name; });
  return found == scenario.steps.end() ? nullptr : &*found;
}

std::vector<std::string> promql_expressions(const Scenario& scenario) {
  std::vector<std::string> expressions;
  for (const auto& claim : scenario.claims) {
    const auto* promql = std::get_if<PromqlClaim>(&claim.subject);
    if (promql == nullptr) continue;
    if (std::find(expressions.begin(), expressions.end(), promql->expr) == expressions.end())
      expressions.push_back(promql->expr);
  }
  return expressions;
}

}  // namespace plimsoll::engine::model

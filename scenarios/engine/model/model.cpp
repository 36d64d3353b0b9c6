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

std::vector<std::string> promql_expressions(const Scenario& scenario) {
  std::vector<std::string> expressions;
  for (const auto& claim : scenario.claims) {
    const auto* promql = std::get_if<PromqlClaim>(&claim.subject);
    if (promql == nullptr) continue;
    if (std::find(expressions.begin(), expressions.end(), promql->expr) == expressions.end()) {
      expressions.push_back(promql->expr);
    }
  }
  return expressions;
}

}  // namespace plimsoll::engine::model

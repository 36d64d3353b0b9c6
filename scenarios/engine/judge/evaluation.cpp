#include "scenarios/engine/judge/evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace plimsoll::engine::judge {

void clip_to_window(EvaluationSeries& series, const EvaluationContext& context) {
  auto& all = series.evaluations;
  std::erase_if(all, [&](const Evaluation& evaluation) { return evaluation.t > context.to; });
  const auto inside = std::find_if(all.begin(), all.end(), [&](const Evaluation& evaluation) {
    return evaluation.t > context.from;
  });
  if (inside == all.begin()) return;
  all.erase(all.begin(), inside - 1);
  all.front().t = context.from;
}

bool in_scope(const log::LabelMap& labels, const model::Labels& wanted,
              const EvaluationContext& context) {
  const auto has = [&](const std::string& name, const std::string& value) {
    const auto found = labels.find(name);
    return found != labels.end() && found->second == value;
  };
  if (!has("namespace", context.timeline.run().namespace_name)) return false;
  const auto& pods = context.pods;
  const auto pod = labels.find("pod");
  if (!pods.empty() && pod != labels.end() &&
      std::find(pods.begin(), pods.end(), pod->second) == pods.end())
    return false;
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](const auto& label) { return has(label.first, label.second); });
}

std::string workload_name(const model::Scenario& scenario) {
  const auto& workload = scenario.target.workload;
  return fmt::format("{}/{}", to_string(workload.kind), workload.name);
}

}  // namespace plimsoll::engine::judge

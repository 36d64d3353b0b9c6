// Claims about Prometheus' answers to a query.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "scenarios/engine/judge/evaluation.hpp"

namespace plimsoll::engine::judge {
namespace {

using Truth = Evaluation::Truth;

std::string show(const std::vector<double>& values) {
  if (values.size() == 1) return fmt::format("{:.4g}", values[0]);
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return fmt::format("{:.4g} to {:.4g} in {} samples", *low, *high, values.size());
}

Evaluation evaluate_answer(const model::PromqlClaim& claim, const log::PromqlObservation& answer,
                           double t) {
  std::vector<double> values;
  for (const auto& sample : answer.samples)
    if (!std::isnan(sample.value)) values.push_back(sample.value);
  const bool empty = values.empty();
  if (empty && claim.on_empty != model::OnEmpty::kZero) {
    const auto truth = claim.on_empty == model::OnEmpty::kFail ? Truth::kViolated : Truth::kNoData;
    return {t, truth, answer.samples.empty() ? "an empty answer" : "no sample but NaN", {}};
  }
  const auto holds_for = [&](double value) { return claim.comparison.holds(value); };
  const auto count = static_cast<double>(values.size());
  bool holds = false;
  switch (claim.over) {
    case model::PromqlClaim::Over::kAny:
      holds = std::any_of(values.begin(), values.end(), holds_for);
      break;
    case model::PromqlClaim::Over::kAll:
      holds = std::all_of(values.begin(), values.end(), holds_for);
      break;
    case model::PromqlClaim::Over::kCount:
      return {t,
              holds_for(count) ? Truth::kHolds : Truth::kViolated,
              fmt::format("{} samples", values.size()),
              {}};
  }
  return {t, holds ? Truth::kHolds : Truth::kViolated, show(values), {}};
}

}  // namespace

EvaluationSeries evaluate(const model::PromqlClaim& claim, const EvaluationContext& context) {
  const auto& timeline = context.timeline;
  EvaluationSeries series;
  auto coverage = timeline.coverage_without_answers(log::Source::kPrometheus, claim.expr,
                                                    timeline.run().promql_interval, "the query");
  for (const auto& [t, at, what] : timeline.observations()) {
    const auto* answer = std::get_if<log::PromqlObservation>(&what);
    if (answer == nullptr || answer->expr != claim.expr) continue;
    coverage.answered.push_back(t);
    // An answer holds for its moment only: one from before the window does not count in it.
    if (t >= context.from && t <= context.to)
      series.evaluations.push_back(evaluate_answer(claim, *answer, t));
  }
  const auto failure = coverage.failures.empty() ? "" : ": " + coverage.failures.back().second;
  series.why_empty = "the query was never answered in the window" + failure;
  series.coverage.push_back(std::move(coverage));
  return series;
}

}  // namespace plimsoll::engine::judge

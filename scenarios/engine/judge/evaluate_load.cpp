// Claims about the results of a load step's workers.
#include <fmt/format.h>

#include <algorithm>

#include "core/load_result/load_result.hpp"
#include "scenarios/engine/judge/evaluation.hpp"

namespace plimsoll::engine::judge {
namespace {

using Truth = Evaluation::Truth;
using Results = std::vector<load_result::LoadResult>;

Evaluation evaluate_results(const model::LoadClaim& claim, const Results& workers, double t) {
  const auto no_data = [t](std::string why) {
    return Evaluation{t, Truth::kNoData, std::move(why), {}};
  };
  const auto load = load_result::merge(workers);
  if (!load) return no_data(load.error().message);
  // A worker without any response must not hide behind the latencies of the others.
  const bool all_answered = std::all_of(workers.begin(), workers.end(), [](const auto& worker) {
    return worker.totals.latency.count > 0;
  });
  Evaluation evaluation{t, Truth::kHolds, "", {}};
  for (const auto& bound : claim.bounds) {
    const auto value = bound.value(*load);
    if (!value || (bound.is_latency() && !all_answered))
      return no_data("the load has no " + bound.metric());
    if (!evaluation.seen.empty()) evaluation.seen += ", ";
    evaluation.seen += fmt::format("{} {}", bound.metric(), bound.show(*value));
    if (!bound.holds(*value)) evaluation.truth = Truth::kViolated;
  }
  const auto& generator = load->generator;
  if (!generator.saturated) return evaluation;
  return no_data(fmt::format("the load generator was saturated: {}",
                             generator.reason.empty() ? "no reason given" : generator.reason));
}

}  // namespace

// The result is observed after the load's last request: it counts whatever the window's end is.
EvaluationSeries evaluate(const model::LoadClaim& claim, const EvaluationContext& context) {
  EvaluationSeries series;
  Results results;
  std::size_t workers = 1;
  double t = context.from;
  for (const auto& observation : context.timeline.observations()) {
    const auto* load = std::get_if<log::LoadObservation>(&observation.what);
    if (load == nullptr || load->step != claim.ref) continue;
    results.push_back(*load->result);
    workers = static_cast<std::size_t>(load->workers);
    t = observation.t;
  }
  if (results.empty())
    series.why_empty = fmt::format("{} left no result", claim.ref);
  else if (results.size() < workers)
    series.why_empty =
        fmt::format("only {} workers of {} left a result", results.size(), claim.ref);
  else
    series.evaluations.push_back(evaluate_results(claim, results, t));
  return series;
}

}  // namespace plimsoll::engine::judge

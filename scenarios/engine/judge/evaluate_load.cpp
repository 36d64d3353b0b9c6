// Claims about the results of a load step's workers.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "scenarios/engine/judge/evaluation.hpp"

namespace plimsoll::engine::judge {
namespace {

using nlohmann::json;
using Truth = Evaluation::Truth;

double number_at(const json& object, const char* group, const char* key) {
  const auto found = object.find(group);
  if (found == object.end() || !found->is_object()) return NAN;
  const auto value = found->find(key);
  return value != found->end() && value->is_number() ? value->get<double>() : NAN;
}

// The results of all workers of a load step. Percentiles of several workers cannot be merged from
// percentiles: the worst worker counts.
class LoadResults {
 public:
  void add(const log::LoadObservation& load) { results_.push_back(&load); }
  [[nodiscard]] bool complete() const {
    return !results_.empty() && static_cast<int>(results_.size()) >= results_.front()->workers;
  }
  [[nodiscard]] std::size_t count() const noexcept { return results_.size(); }

  [[nodiscard]] std::string saturated() const {
    for (const auto* load : results_) {
      const auto generator = load->result->find("generator");
      if (generator == load->result->end() || !generator->is_object()) continue;
      if (!generator->value("saturated", false)) continue;
      const auto reason = generator->find("reason");
      return reason != generator->end() && reason->is_string() ? reason->get<std::string>()
                                                               : "no reason given";
    }
    return "";
  }

  // In the unit of the bound; NaN where there is no data.
  [[nodiscard]] double value(const std::string& metric) const {
    if (metric == "rate") return sum("rate", "achieved");
    if (metric == "errors") return errors();
    std::string key = metric;
    std::replace(key.begin(), key.end(), '.', '_');
    double worst = NAN;
    for (const auto* load : results_) {
      if (!(number_at(*load->result, "latency_ns", "count") > 0)) return NAN;
      const double one = number_at(*load->result, "latency_ns", key.c_str());
      if (std::isnan(one)) return NAN;
      worst = std::isnan(worst) ? one : std::max(worst, one);
    }
    return worst;
  }

 private:
  [[nodiscard]] double sum(const char* group, const char* key) const {
    double total = 0;
    for (const auto* load : results_) total += number_at(*load->result, group, key);
    return total;
  }

  [[nodiscard]] double errors() const {
    double server_errors = 0;
    for (const auto* load : results_) {
      const auto status = load->result->find("status");
      if (status == load->result->end() || !status->is_object()) return NAN;
      for (const auto& [code, count] : status->items()) {
        if (code.starts_with('5') && count.is_number()) server_errors += count.get<double>();
      }
    }
    const double completed = sum("requests", "completed");
    const double failed = sum("requests", "failed");
    if (!(completed + failed > 0)) return NAN;
    return 100 * (failed + server_errors) / (completed + failed);
  }

  std::vector<const log::LoadObservation*> results_;
};

std::string show(const std::string& metric, double value) {
  if (metric == "errors") return fmt::format("errors {:.3g}%", value);
  if (metric == "rate") return fmt::format("rate {:.4g}/s", value);
  return fmt::format("{} {}", metric,
                     units::format_duration(units::Duration(static_cast<std::int64_t>(value))));
}

Evaluation evaluate_results(const model::LoadClaim& claim, const LoadResults& results, double t) {
  Evaluation evaluation{t, Truth::kHolds, "", {}};
  for (const auto& [metric, bound] : claim.bounds) {
    const double value = results.value(metric);
    if (std::isnan(value)) return {t, Truth::kNoData, "the load has no " + metric, {}};
    if (!evaluation.seen.empty()) evaluation.seen += ", ";
    evaluation.seen += show(metric, value);
    if (!bound.holds(value)) evaluation.truth = Truth::kViolated;
  }
  if (const auto why = results.saturated(); !why.empty()) {
    return {t, Truth::kNoData, fmt::format("the load generator was saturated: {}", why), {}};
  }
  return evaluation;
}

}  // namespace

// The result is observed after the load's last request: it counts whatever the window's end is.
EvaluationSeries evaluate(const model::LoadClaim& claim, const EvaluationContext& context) {
  EvaluationSeries series;
  LoadResults results;
  double t = context.from;
  for (const auto& observation : context.timeline.observations()) {
    const auto* load = std::get_if<log::LoadObservation>(&observation.what);
    if (load == nullptr || load->step != claim.ref) continue;
    results.add(*load);
    t = observation.t;
  }
  if (results.complete()) {
    series.evaluations.push_back(evaluate_results(claim, results, t));
  } else {
    series.why_empty = results.count() == 0 ? fmt::format("{} left no result", claim.ref)
                                            : fmt::format("only {} workers of {} left a result",
                                                          results.count(), claim.ref);
  }
  return series;
}

}  // namespace plimsoll::engine::judge

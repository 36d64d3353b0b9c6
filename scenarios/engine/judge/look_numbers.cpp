// The claims about numbers that others measured: Prometheus' answers and loadgen's results.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "scenarios/engine/judge/looks.hpp"

namespace plimsoll::engine::judge {
namespace {

using nlohmann::json;
using Truth = Look::Truth;

std::string show(const std::vector<double>& values) {
  if (values.size() == 1) return fmt::format("{:.4g}", values[0]);
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return fmt::format("{:.4g} to {:.4g} in {} samples", *low, *high, values.size());
}

Look judge_answer(const model::PromqlClaim& claim, const log::PromqlObservation& answer, double t) {
  std::vector<double> values;
  for (const auto& sample : answer.samples) {
    if (!std::isnan(sample.value)) values.push_back(sample.value);
  }
  const bool empty = values.empty();
  if (empty && claim.on_empty != model::OnEmpty::kZero) {
    const auto truth = claim.on_empty == model::OnEmpty::kFail ? Truth::kBreaks : Truth::kNoData;
    return {t, truth, answer.samples.empty() ? "an empty answer" : "no sample but NaN", {}};
  }
  const auto fits = [&](double value) { return claim.comparison.holds(value); };
  const auto count = static_cast<double>(values.size());
  bool holds = false;
  switch (claim.over) {
    case model::PromqlClaim::Over::kAny:
      holds = std::any_of(values.begin(), values.end(), fits);
      break;
    case model::PromqlClaim::Over::kAll:
      holds = std::all_of(values.begin(), values.end(), fits);
      break;
    case model::PromqlClaim::Over::kCount:
      return {t,
              fits(count) ? Truth::kHolds : Truth::kBreaks,
              fmt::format("{} samples", values.size()),
              {}};
  }
  return {t, holds ? Truth::kHolds : Truth::kBreaks, show(values), {}};
}

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
      const auto generator = load->result.find("generator");
      if (generator == load->result.end() || !generator->is_object()) continue;
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
      if (!(number_at(load->result, "latency_ns", "count") > 0)) return NAN;
      const double one = number_at(load->result, "latency_ns", key.c_str());
      if (std::isnan(one)) return NAN;
      worst = std::isnan(worst) ? one : std::max(worst, one);
    }
    return worst;
  }

 private:
  [[nodiscard]] double sum(const char* group, const char* key) const {
    double total = 0;
    for (const auto* load : results_) total += number_at(load->result, group, key);
    return total;
  }

  [[nodiscard]] double errors() const {
    double server_errors = 0;
    for (const auto* load : results_) {
      const auto status = load->result.find("status");
      if (status == load->result.end() || !status->is_object()) return NAN;
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

Look judge_load(const model::LoadClaim& claim, const LoadResults& results, double t) {
  Look look{t, Truth::kHolds, "", {}};
  for (const auto& [metric, bound] : claim.bounds) {
    const double value = results.value(metric);
    if (std::isnan(value)) return {t, Truth::kNoData, "the load has no " + metric, {}};
    if (!look.seen.empty()) look.seen += ", ";
    look.seen += show(metric, value);
    if (!bound.holds(value)) look.truth = Truth::kBreaks;
  }
  if (const auto why = results.saturated(); !why.empty()) {
    return {t, Truth::kNoData, fmt::format("the load generator was saturated: {}", why), {}};
  }
  return look;
}

}  // namespace

Looks look(const model::PromqlClaim& claim, const Question& question) {
  const auto& timeline = question.timeline;
  Looks looks;
  auto coverage = timeline.empty(log::Source::kPrometheus, claim.expr,
                                 timeline.run().promql_interval, "the query");
  for (const auto& [t, at, what] : timeline.observations()) {
    const auto* answer = std::get_if<log::PromqlObservation>(&what);
    if (answer == nullptr || answer->expr != claim.expr) continue;
    coverage.answered.push_back(t);
    // An answer speaks of its moment only: none from before the window is carried into it.
    if (t >= question.from && t <= question.to) {
      looks.looks.push_back(judge_answer(claim, *answer, t));
    }
  }
  const auto failure = coverage.failures.empty() ? "" : ": " + coverage.failures.back().second;
  looks.nothing = "the query was never answered in the window" + failure;
  looks.coverage.push_back(std::move(coverage));
  return looks;
}

// The result comes after the load's last request: it counts whatever the window's end is.
Looks look(const model::LoadClaim& claim, const Question& question) {
  Looks looks;
  LoadResults results;
  double t = question.from;
  for (const auto& observation : question.timeline.observations()) {
    const auto* load = std::get_if<log::LoadObservation>(&observation.what);
    if (load == nullptr || load->step != claim.ref) continue;
    results.add(*load);
    t = observation.t;
  }
  if (results.complete()) {
    looks.looks.push_back(judge_load(claim, results, t));
  } else {
    looks.nothing = results.count() == 0 ? fmt::format("{} left no result", claim.ref)
                                         : fmt::format("only {} workers of {} left a result",
                                                       results.count(), claim.ref);
  }
  return looks;
}

}  // namespace plimsoll::engine::judge

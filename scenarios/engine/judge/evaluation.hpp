// The evaluation of a claim's subject: at each observation that says something about it, whether
// it is as the claim wants it. One evaluate_*.cpp for each kind of subject; what a series of
// evaluations means for "eventually" or "always" is decided in temporal_operators.hpp. An
// evaluation holds until the next one. Internal to the judge. Units: seconds since the start of the
// run. Errors: none; what cannot be evaluated is kNoData. Thread-safety: pure functions.
// Source: docs/scenarios.md, "How it is judged".
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "scenarios/engine/log/timeline.hpp"
#include "scenarios/engine/model/model.hpp"

namespace plimsoll::engine::judge {

struct Evaluation {
  enum class Truth { kHolds, kViolated, kNoData };
  double t = 0;
  Truth truth = Truth::kNoData;
  std::string seen;                      // "restarts +1"; with kNoData: why there is no data
  std::vector<log::LabelMap> instances;  // alerts: those that make it hold
};

struct EvaluationSeries {
  std::vector<Evaluation>
      evaluations;  // ascending; the first may be the state at the window's start
  std::vector<log::Coverage> coverage;  // a gap in any of them is a gap of the claim
  std::string why_empty;                // why there are no evaluations
  std::string already_true;  // not empty: it was so before the window, so no match is inconclusive
  bool cumulative = false;   // the value at the end depends on the whole window
  bool may_appear_later = false;  // no data at the window's start: the object is not created yet
  bool no_data_is_in_coverage = false;  // evaluations without data are gaps of the coverage already
};

// What an evaluation needs to know beside the claim's subject.
struct EvaluationContext {
  const model::Scenario& scenario;
  const log::Timeline& timeline;
  double from = 0;  // the window's start
  // What was so at this time is no transition: the window's start, or earlier where the window
  // starts at the `at` of a claim that another source reported with a delay.
  double baseline = 0;
  double to = 0;                           // the window's end, as far as it is known, or now
  bool transition = false;                 // eventually, between: it must become so
  bool every_pod = false;                  // always, final: all pods must hold; else one suffices
  bool state_only = false;                 // always: what was so before the window counts too
  std::vector<std::string> pods{};         // not empty: only these pods count
  std::vector<log::LabelMap> instances{};  // alert with ref: only these alerts count
};

[[nodiscard]] EvaluationSeries evaluate(const model::HpaClaim& claim,
                                        const EvaluationContext& context);
[[nodiscard]] EvaluationSeries evaluate(const model::WorkloadClaim& claim,
                                        const EvaluationContext& context);
[[nodiscard]] EvaluationSeries evaluate(const model::ContainerClaim& claim,
                                        const EvaluationContext& context);
[[nodiscard]] EvaluationSeries evaluate(const model::AlertClaim& claim,
                                        const EvaluationContext& context);
[[nodiscard]] EvaluationSeries evaluate(const model::DeliveryClaim& claim,
                                        const EvaluationContext& context);
[[nodiscard]] EvaluationSeries evaluate(const model::EventClaim& claim,
                                        const EvaluationContext& context);
[[nodiscard]] EvaluationSeries evaluate(const model::PromqlClaim& claim,
                                        const EvaluationContext& context);
[[nodiscard]] EvaluationSeries evaluate(const model::LoadClaim& claim,
                                        const EvaluationContext& context);

// ---- shared by the evaluate_*.cpp --------------------------------------------------------------

// Drops evaluations after the window, and those before it but the last, which becomes the state at
// the window's start.
void clip_to_window(EvaluationSeries& series, const EvaluationContext& context);

// Whether an alert belongs to the run's namespace, names (if any) one of the context's pods, and
// has all wanted labels.
[[nodiscard]] bool in_scope(const log::LabelMap& labels, const model::Labels& wanted,
                            const EvaluationContext& context);

// The target workload as observations name it: "deployment/target".
[[nodiscard]] std::string workload_name(const model::Scenario& scenario);

}  // namespace plimsoll::engine::judge

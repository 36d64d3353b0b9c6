// The temporal operators eventually, between, always, never and final: from a claim's evaluations
// within its window to its verdict. Internal to the judge. Units: seconds since the start of the
// run. Errors: none. Thread-safety: pure functions. Source: docs/scenarios.md.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "scenarios/engine/judge/evaluation.hpp"
#include "scenarios/engine/judge/verdict.hpp"

namespace plimsoll::engine::judge {

// A claim's window as far as it is known.
struct Window {
  double from = 0;
  std::optional<double> to;  // absent: its mark is not set yet
  double not_before = 0;     // between
  bool closed = false;       // the observations reach to its end
  bool cut_short = false;    // the run ended before its end
  std::string never_closes;  // not empty: why the mark of its end will never be set
};

struct WindowVerdict {
  Verdict verdict = Verdict::kPending;
  double at = 0;
  std::string seen, reason;
  std::vector<log::LabelMap> instances;  // of the evaluation that passed
};

[[nodiscard]] WindowVerdict decide(const model::TemporalOperator& temporal_operator,
                                   const EvaluationSeries& series, const Window& window);

}  // namespace plimsoll::engine::judge

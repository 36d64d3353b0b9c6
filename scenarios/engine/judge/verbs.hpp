// From looks to a verdict: eventually, between, always, never, final. Internal to the judge.
// Units: seconds since the start of the run. Thread-safety: pure functions.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "scenarios/engine/judge/judge.hpp"
#include "scenarios/engine/judge/looks.hpp"

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

struct Ruling {
  Verdict verdict = Verdict::kPending;
  double at = 0;
  std::string seen, reason;
  std::vector<log::LabelMap> instances;  // of the look that passed
};

[[nodiscard]] Ruling rule(const model::Verb& verb, const Looks& looks, const Window& window);

}  // namespace plimsoll::engine::judge

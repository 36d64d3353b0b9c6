// The judge: (scenario, observations, now) -> a verdict for each claim. The same function judges a
// run while it goes on and replays an old one. How a claim is decided: judge.cpp finds its window,
// evaluate_<subject>.cpp says when it held in it, temporal_operators.cpp makes that a verdict.
// A verdict comes as early as it can: eventually and between pass at the first match, never and
// always fail at the first violation, always, never and final pass only when their window has
// closed. Empty is never a pass: no data, a failed query, a gap of more than three polls in what a
// claim needs make it inconclusive. Shapes and units: seconds since the start of the run. Errors:
// none; what cannot be judged is a verdict. Thread-safety: pure.
// Source: docs/scenarios.md, "How it is judged".
#pragma once
#include "scenarios/engine/judge/verdict.hpp"
#include "scenarios/engine/log/observation.hpp"
#include "scenarios/engine/model/model.hpp"

namespace plimsoll::engine::judge {

// now: t up to which the observations are complete. Once they hold the mark "end", nothing stays
// pending.
[[nodiscard]] Judgement judge(const model::Scenario& scenario,
                              const log::Observations& observations, double now);

}  // namespace plimsoll::engine::judge

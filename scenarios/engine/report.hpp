// What a run came to, as reports/ takes it: out of the scenario, the log and the verdicts, so that
// a replay gives the same. Left to the caller: context, exit, reasons, artefacts, folder. Units:
// seconds since the start of the run. Thread-safety: pure.
#pragma once
#include "reports/run.hpp"
#include "scenarios/engine/judge.hpp"

namespace plimsoll::scenario {

[[nodiscard]] reports::Run to_report(const Scenario& scenario, const Observations& observations,
                                     const Judgement& judgement);

}  // namespace plimsoll::scenario

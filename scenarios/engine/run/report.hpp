// What a run came to, as reports/ takes it: out of the scenario, the log and the verdicts, so that
// a replay gives the same. Left to the caller: context, exit, reasons, artefacts, folder. Units:
// seconds since the start of the run. Thread-safety: pure.
#pragma once
#include "reports/run/run.hpp"
#include "scenarios/engine/judge/judge.hpp"

namespace plimsoll::engine::run {

[[nodiscard]] reports::run::Run to_report(const model::Scenario& scenario,
                                          const log::Observations& observations,
                                          const judge::Judgement& judgement);

}  // namespace plimsoll::engine::run

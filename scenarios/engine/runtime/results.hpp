// What a finished run leaves: OUT/scenario.yaml, result.json, junit.xml, report.html, and the text
// result on stdout. Errors: exit code 4, the file that cannot be written. Thread-safety: none
// needed.
#pragma once
#include "core/result/result.hpp"
#include "scenarios/engine/runtime/options.hpp"
#include "scenarios/engine/runtime/session.hpp"

namespace plimsoll::runtime {

[[nodiscard]] Result<void> write_results(const RunPlan& plan, const RunOutcome& outcome,
                                         const RunOptions& options);

}  // namespace plimsoll::runtime

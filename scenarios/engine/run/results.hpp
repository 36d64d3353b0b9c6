// What a finished run leaves: OUT/scenario.yaml, result.json, junit.xml, report.html beside what
// the run itself wrote, the text result on stdout, and --json. Errors: exit code 4, the file that
// cannot be written. Thread-safety: none needed.
#pragma once
#include <string>
#include <vector>

#include "core/result/result.hpp"
#include "reports/run/run.hpp"
#include "scenarios/engine/run/options.hpp"
#include "scenarios/engine/run/session.hpp"

namespace plimsoll::engine::run {

[[nodiscard]] reports::run::Run report_of(const RunPlan& plan, const RunOutcome& outcome);

// Writes the run's files into plan.out.
[[nodiscard]] Result<void> write_results(const RunPlan& plan, const reports::run::Run& report);

// --json: the result of one run, or an array where one call made several.
[[nodiscard]] Result<void> write_json(const std::string& path,
                                      const std::vector<reports::run::Run>& reports);

}  // namespace plimsoll::engine::run

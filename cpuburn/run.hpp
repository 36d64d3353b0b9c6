// One run of cpuburn from start to result.
#pragma once
#include "core/cli/interrupts.hpp"
#include "core/exit_code/exit_code.hpp"
#include "cpuburn/options.hpp"

namespace plimsoll::cpuburn {

// Burns, prints the result on stdout and writes the JSON file. Follows a limit that changes while
// it runs within a second.
// Errors: as check(), request_of(), plan() and Lifeline::check(), and exit code 4 for a JSON file
// that cannot be written.
[[nodiscard]] Result<ExitCode> run(Options options, cli::Interrupts& interrupts);

}  // namespace plimsoll::cpuburn

// One run of membloat from start to result.
#pragma once
#include "core/cli/interrupts.hpp"
#include "core/exit_code/exit_code.hpp"
#include "membloat/options.hpp"

namespace plimsoll::membloat {

// Takes the memory, prints the result on stdout and writes the JSON file; past the limit the file
// is also written just before the last step, since the kernel's kill leaves no time. Errors: as
// plan() and arrange(), and exit code 4 for a JSON file that cannot be written.
[[nodiscard]] Result<ExitCode> run(const Options& options, cli::Interrupts& interrupts);

}  // namespace plimsoll::membloat

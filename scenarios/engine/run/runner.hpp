// `plimsoll run` and `plimsoll validate`: reads the files, runs the scenarios one after another or
// beside each other, reports. Everything is read before anything is started. Errors:
// docs/exit-codes.md; of several runs the gravest code counts. Thread-safety: call from main.
#pragma once
#include "core/exit_code/exit_code.hpp"
#include "core/result/result.hpp"
#include "scenarios/engine/run/options.hpp"

namespace plimsoll::engine::run {

[[nodiscard]] Result<ExitCode> validate(const ValidateOptions& options);
[[nodiscard]] Result<ExitCode> run(const RunOptions& options);

}  // namespace plimsoll::engine::run

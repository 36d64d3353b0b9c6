// Exit codes of every program of this project, and which one counts when several apply.
// They are a contract with scripts and CI: numbers never change. Listed for users in
// docs/exit-codes.md. Thread-safety: pure functions.
#pragma once
#include <string_view>

#include "core/result/result.hpp"

namespace plimsoll {

enum class ExitCode : int {
  kPassed = 0,
  kFailed = 1,             // a claim or a threshold failed
  kUsage = 2,              // bad flag, bad input file, or a percentage of a limit that is not set
  kInconclusive = 3,       // no data, generator saturated, a burner that could not reach its goal
  kEnvironment = 4,        // cluster, target, permission, unreadable cgroup; preflight refused
  kAborted = 5,            // a time limit or an abort rule
  kCleanupIncomplete = 6,  // what is left behind is listed
  kInternal = 70,          // a bug
  kInterrupted = 130,      // SIGINT, after cleaning up
  kTerminated = 143,       // SIGTERM, after cleaning up
};

// The code that counts where both apply: 130/143 > 70 > 2 > 4 > 6 > 5 > 1 > 3 > 0.
[[nodiscard]] ExitCode graver(ExitCode a, ExitCode b) noexcept;

// The code that an error leads to.
[[nodiscard]] ExitCode exit_code(const Error& error) noexcept;

// A word for reports: "passed", "failed", "inconclusive" ...
[[nodiscard]] std::string_view name(ExitCode code) noexcept;

[[nodiscard]] constexpr int number(ExitCode code) noexcept { return static_cast<int>(code); }

}  // namespace plimsoll

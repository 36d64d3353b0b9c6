// What programs that do a set thing for a set time have in common: options, the verdict where they
// end before that time, and how the result is written. Thread-safety: call from main only.
#pragma once
#include <CLI/CLI.hpp>
#include <chrono>
#include <optional>
#include <string>

#include "core/cli/cli.hpp"
#include "core/cli/lifeline.hpp"
#include "core/exit_code/exit_code.hpp"
#include "core/result/result.hpp"
#include "core/units/units.hpp"

namespace plimsoll::timed_run {

inline constexpr units::Duration kLongest = std::chrono::hours{24 * 30};

struct Options {
  bool explain = false;
  bool dry_run = false;
  cli::LifelineOptions lifelines;
  cli::Common common;
};

// Adds the lifelines, --explain, --dry-run and what is common to all programs.
void add_options(CLI::App& app, Options& options);

struct Verdict {
  ExitCode code = ExitCode::kPassed;
  std::string outcome;  // a word or two: "reached", "not reached", "interrupted", "aborted"
  std::string reason;   // one sentence
};

// The verdict where a signal or a missed heartbeat ended the run; nullopt where none did.
[[nodiscard]] std::optional<Verdict> cut_short(const std::optional<cli::Ending>& ended);

// The same verdict, with what ended the run early added to its reason.
[[nodiscard]] Verdict with_ending(Verdict verdict, const std::optional<cli::Ending>& ended);

// What --explain and --dry-run asked to be told: on stdout where that is all, else on stderr.
void tell(const Options& options, const std::string& explanation);

// The text on stdout and the JSON where it was asked for; only the JSON where that is stdout too.
// Errors: as cli::write_whole.
[[nodiscard]] Result<void> write_result(const cli::Common& common, const std::string& text,
                                        const std::string& json);

}  // namespace plimsoll::timed_run

// Carries a plan out: raises the file limit, starts the threads, watches them (progress, abort
// rules, signals), and merges what they counted. Errors: exit code 4 when this process may not open
// enough files. Thread-safety: one run at a time, from the main thread.
#pragma once
#include <functional>
#include <string_view>

#include "core/result/result.hpp"
#include "loadgen/plan.hpp"
#include "loadgen/result.hpp"

namespace plimsoll::loadgen {

struct RunSettings {
  std::function<void(std::string_view)> show_progress;  // once a second; may be empty
  bool keep_histograms = false;                         // of every second, for --hdr-log
};

// Raises the soft limit of open files to the hard one. Error: it is still too small.
[[nodiscard]] Result<void> allow_connections(std::uint64_t connections);

// SIGINT or SIGTERM ends the run at once with the result so far; a second one ends the process.
[[nodiscard]] RunResult run(const Plan& plan, const RunSettings& settings);

}  // namespace plimsoll::loadgen

// Carries a plan out: starts the threads, watches them (progress, abort rules, signals, metrics
// endpoint), and merges what they counted. Errors: exit code 4 when this process cannot have the
// metrics port. Thread-safety: one run at a time, from the main thread.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "core/result/result.hpp"
#include "loadgen/plan/plan.hpp"
#include "loadgen/result/result.hpp"

namespace plimsoll::loadgen::run {

struct RunSettings {
  std::function<void(std::string_view)> show_progress;  // once a second; may be empty
  // Each second that is over: when the run started, which second, its latencies; may be empty.
  std::function<void(std::chrono::system_clock::time_point, std::int64_t,
                     const latency::Histogram&)>
      on_second;
  std::optional<std::uint16_t> metrics_port;         // 0 for any free one
  std::function<void(std::uint16_t)> metrics_ready;  // told the port; may be empty
};

// SIGINT or SIGTERM ends the run at once with the result so far; a second one ends the process.
// Error: the metrics port is not to be had; nothing was sent.
[[nodiscard]] Result<result::RunResult> run(const plan::Plan& plan, const RunSettings& settings);

}  // namespace plimsoll::loadgen::run

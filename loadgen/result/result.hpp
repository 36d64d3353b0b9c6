// What a run found out, merged over its threads: the source of the JSON, the text and the exit
// code. judge() is pure. Thread-safety: values.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/exit_code/exit_code.hpp"
#include "loadgen/plan/plan.hpp"
#include "loadgen/result/saturation.hpp"
#include "loadgen/stats/phase_statistics.hpp"
#include "loadgen/stats/pods.hpp"

namespace plimsoll::loadgen::result {

struct PhaseResult {
  plan::Phase phase;
  stats::PhaseStatistics record;
  double duration_s = 0;  // as planned, or longer if its answers took longer to come in
};

struct SeriesPoint {
  std::int64_t second = 0;  // from the start of the run, warm-up included
  std::uint64_t sent = 0;
  std::uint64_t completed = 0;
  std::uint64_t failed = 0;
  std::int64_t p50 = 0;  // ns
  std::int64_t p99 = 0;
  std::int64_t max = 0;
};

struct ThresholdResult {
  std::string expr;
  std::optional<double> value;
  std::string shown;  // the value for people
  bool ok = false;
};

struct GeneratorResult {
  double cpu_seconds = 0;
  std::uint64_t max_rss_bytes = 0;
  std::uint64_t throttled_periods = 0;
  Saturation saturation;
};

enum class Verdict { kPassed, kFailed, kInconclusive, kAborted, kInterrupted };
[[nodiscard]] std::string_view name(Verdict verdict) noexcept;

struct RunResult {
  std::chrono::system_clock::time_point started;
  stats::PhaseStatistics totals;  // warm-up left out
  double duration_s = 0;
  std::vector<PhaseResult> phases;
  std::vector<stats::PhaseStatistics> mix;  // as in Plan::mix; empty without --mix
  std::vector<SeriesPoint> series;
  stats::ConnectionCounts connections;
  stats::Endpoints endpoints;
  stats::PodCounts pods;
  GeneratorResult generator;
  std::vector<ThresholdResult> thresholds;
  std::string aborted_by;  // the rule; empty if none
  int signal = 0;          // SIGINT or SIGTERM; 0 if none

  Verdict verdict = Verdict::kInconclusive;
  std::string reason;  // why, in words; empty when passed
  ExitCode exit_code = ExitCode::kInternal;
};

// Whole responses per second of the run, or of one phase.
[[nodiscard]] double achieved_rate(const RunResult& result) noexcept;
[[nodiscard]] double achieved_rate(const PhaseResult& part) noexcept;
// Fills thresholds, verdict, reason and exit_code from the rest.
void judge(RunResult& result, const std::vector<load_result::Threshold>& thresholds);

}  // namespace plimsoll::loadgen::result

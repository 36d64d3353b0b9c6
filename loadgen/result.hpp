// What a run found out, merged over its threads: the source of the JSON, the text and the exit
// code. judge() is pure. Thread-safety: values.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/result/exit_code.hpp"
#include "loadgen/plan.hpp"
#include "loadgen/pods.hpp"
#include "loadgen/record.hpp"
#include "loadgen/saturation.hpp"

namespace plimsoll::loadgen {

struct PhaseResult {
  Phase phase;
  Record record;
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
  Record totals;  // warm-up left out
  double duration_s = 0;
  std::vector<PhaseResult> phases;
  std::vector<Record> mix;  // as in Plan::mix; empty without --mix
  std::vector<SeriesPoint> series;
  ConnectionCounts connections;
  Endpoints endpoints;
  PodCounts pods;
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
void judge(RunResult& result, const std::vector<Threshold>& thresholds);

}  // namespace plimsoll::loadgen

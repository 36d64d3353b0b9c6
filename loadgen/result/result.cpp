#include "loadgen/result/result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

namespace plimsoll::loadgen::result {
namespace {

std::string no_response(const stats::PhaseStatistics& totals) {
  std::string reason = "no response came";
  const auto most = std::max_element(totals.errors.begin(), totals.errors.end());
  if (*most == 0) return reason;
  const auto kind = static_cast<std::size_t>(most - totals.errors.begin());
  reason += fmt::format(", {} requests ended with {}", *most, net::kErrorNames[kind]);
  const auto& detail = totals.error_details[kind];
  return detail.empty() ? reason : fmt::format("{} ({})", reason, detail);
}

// Interrupted > aborted > saturated, even where a threshold failed: numbers of a generator that
// could not keep up prove nothing about the target > failed > no data > passed.
void decide(RunResult& result) {
  const auto settle = [&result](Verdict verdict, ExitCode code, std::string reason) {
    result.verdict = verdict;
    result.exit_code = code;
    result.reason = std::move(reason);
  };
  const auto& thresholds = result.thresholds;
  const auto broken = std::find_if(thresholds.begin(), thresholds.end(), [](const auto& threshold) {
    return !threshold.ok && threshold.value;
  });
  if (result.signal != 0)
    return settle(Verdict::kInterrupted,
                  result.signal == SIGTERM ? ExitCode::kTerminated : ExitCode::kInterrupted,
                  fmt::format("stopped by {}", result.signal == SIGTERM ? "SIGTERM" : "SIGINT"));
  if (!result.aborted_by.empty())
    return settle(Verdict::kAborted, ExitCode::kAborted,
                  fmt::format("abort rule {} was met", result.aborted_by));
  if (result.generator.saturation.saturated)
    return settle(Verdict::kInconclusive, ExitCode::kInconclusive,
                  "generator saturated: " + result.generator.saturation.reason);
  if (broken != thresholds.end())
    return settle(Verdict::kFailed, ExitCode::kFailed,
                  fmt::format("{} does not hold: it is {}", broken->expr, broken->shown));
  if (result.totals.counts.completed == 0)
    return settle(Verdict::kInconclusive, ExitCode::kInconclusive, no_response(result.totals));
  settle(Verdict::kPassed, ExitCode::kPassed, "");
}

double rate_of(const stats::PhaseStatistics& record, double seconds) noexcept {
  return seconds > 0 ? static_cast<double>(record.counts.completed) / seconds : 0;
}

}  // namespace

std::string_view name(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::kPassed:
      return "passed";
    case Verdict::kFailed:
      return "failed";
    case Verdict::kInconclusive:
      return "inconclusive";
    case Verdict::kAborted:
      return "aborted";
    case Verdict::kInterrupted:
      return "interrupted";
  }
  return "unknown";
}

double achieved_rate(const RunResult& result) noexcept {
  return rate_of(result.totals, result.duration_s);
}

double achieved_rate(const PhaseResult& part) noexcept {
  return rate_of(part.record, part.duration_s);
}

void judge(RunResult& result, const std::vector<load_result::Threshold>& thresholds) {
  const auto& counts = result.totals.counts;
  const load_result::Measured measured{&result.totals.latency, counts.completed, counts.failed,
                                       counts.server_errors, achieved_rate(result)};
  for (const auto& threshold : thresholds) {
    const auto value = threshold.value(measured);
    result.thresholds.push_back({threshold.text(), value,
                                 value ? threshold.show(*value) : "no data",
                                 value && threshold.holds(*value)});
  }
  decide(result);
}

}  // namespace plimsoll::loadgen::result

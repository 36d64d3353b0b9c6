#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <tuple>

#include "loadgen/result/report.hpp"
#include "loadgen/result/words.hpp"

namespace plimsoll::loadgen::result {
namespace {

constexpr std::size_t kNameWidth = 11;

std::string in_brackets(const std::string& detail) {
  return detail.empty() ? "" : fmt::format(" ({})", detail);
}

std::string what_was_done(const plan::Plan& plan) {
  const auto& options = plan.options;
  return fmt::format(
      "{}\n{}, {} connections, {} thread{}{}\n\n", subject_of(plan), loop_of(plan),
      plan.connections, plan.threads, plan.threads == 1 ? "" : "s",
      options.warmup.count() > 0
          ? fmt::format(", after a warm-up of {}", units::format_duration(options.warmup))
          : "");
}

void put_counts(std::string& out, const RunResult& result) {
  const auto& counts = result.totals.counts;
  auto to = std::back_inserter(out);
  fmt::format_to(to, "requests    {} completed, {} failed, {} unfinished, {} dropped of {}\n",
                 counts.completed, counts.failed, counts.unfinished(), counts.dropped,
                 counts.scheduled);
  fmt::format_to(to, "rate        {:.1f}/s over {}, {} sent, {} received\n", achieved_rate(result),
                 shown_seconds(result.duration_s), units::format_bytes({counts.bytes_sent}),
                 units::format_bytes({counts.bytes_received}));
  std::string status;
  for (std::size_t code = 0; code < result.totals.status.size(); ++code)
    if (result.totals.status[code] != 0)
      status +=
          fmt::format("{}{}: {}", status.empty() ? "" : ", ", code, result.totals.status[code]);
  if (!status.empty()) fmt::format_to(to, "status      {}\n", status);
  std::string errors;
  for (std::size_t kind = 0; kind < net::kErrorKinds; ++kind)
    if (result.totals.errors[kind] != 0)
      errors += fmt::format("{}{}: {}", errors.empty() ? "" : ", ", net::kErrorNames[kind],
                            result.totals.errors[kind]) +
                in_brackets(result.totals.error_details[kind]);
  if (!errors.empty()) fmt::format_to(to, "errors      {}\n", errors);
  const auto& connections = result.connections;
  fmt::format_to(to, "connections {} opened", connections.opened);
  if (connections.recycled > 0) fmt::format_to(to, ", {} recycled", connections.recycled);
  if (connections.failed > 0) fmt::format_to(to, ", {} could not be opened", connections.failed);
  if (connections.closed_by_peer > 0)
    fmt::format_to(to, ", {} closed by the server while idle", connections.closed_by_peer);
  if (counts.stale_retries > 0)
    fmt::format_to(to, ", {} found closed and the request sent again", counts.stale_retries);
  if (connections.unasked > 0)
    fmt::format_to(to, ", {} dropped because of data nobody asked for", connections.unasked);
  fmt::format_to(to, "\n");
  if (result.endpoints.size() > 1)
    for (const auto& [address, endpoint] : result.endpoints)
      fmt::format_to(to, "            {}: {} connections, {} requests\n", address,
                     endpoint.connections, endpoint.requests);
  if (!result.pods.by_value().empty()) fmt::format_to(to, "pods        responses by header:\n");
  for (const auto& [value, responses] : result.pods.by_value())
    fmt::format_to(to, "            {}: {}\n", value, responses);
}

void put_latencies(std::string& out, const stats::PhaseStatistics& record) {
  auto to = std::back_inserter(out);
  const bool failures = record.failed_latency.count() > 0;
  fmt::format_to(to, "\n{:<11} {:>10} {:>14} {:>10} {:>14}{}\n", "", "latency", "service time",
                 "send lag", "schedule lag", failures ? "   failed after" : "");
  const auto latency = figures_of(record.latency);
  const auto service_time = figures_of(record.service_time);
  const auto send_lag = figures_of(record.send_lag);
  const auto schedule_lag = figures_of(record.schedule_lag);
  const auto failed = figures_of(record.failed_latency);
  for (std::size_t i = 0; i < latency.size(); ++i)
    fmt::format_to(to, "{:<11} {:>10} {:>14} {:>10} {:>14}{}\n", latency[i].name, latency[i].shown,
                   service_time[i].shown, send_lag[i].shown, schedule_lag[i].shown,
                   failures ? fmt::format(" {:>14}", failed[i].shown) : "");
}

void put_mix(std::string& out, const plan::Plan& plan,
             const std::vector<stats::PhaseStatistics>& mix) {
  auto to = std::back_inserter(out);
  std::size_t width = kNameWidth;
  for (const auto& entry : plan.mix.entries) width = std::max(width, entry.name.size());
  fmt::format_to(to, "\n{:<{}} {:>10} {:>10} {:>10} {:>10} {:>10} {:>8}\n", "request", width,
                 "sent", "completed", "5xx", "p50", "p99", "failed");
  for (std::size_t i = 0; i < mix.size(); ++i) {
    const auto& [counts, latency] = std::tie(mix[i].counts, mix[i].latency);
    fmt::format_to(to, "{:<{}} {:>10} {:>10} {:>10} {:>10} {:>10} {:>8}\n",
                   plan.mix.entries[i].name, width, counts.sent, counts.completed,
                   counts.server_errors, shown_percentile(latency, 50),
                   shown_percentile(latency, 99), counts.failed);
  }
}

void put_phases(std::string& out, const std::vector<PhaseResult>& phases) {
  auto to = std::back_inserter(out);
  std::size_t width = kNameWidth;
  for (const auto& part : phases) width = std::max(width, part.phase.name.size());
  fmt::format_to(to, "\n{:<{}} {:>10} {:>10} {:>10} {:>10} {:>10} {:>8}\n", "phase", width,
                 "planned", "completed", "rate/s", "p50", "p99", "failed");
  for (const auto& part : phases) {
    const auto& counts = part.record.counts;
    fmt::format_to(to, "{:<{}} {:>10} {:>10} {:>10.1f} {:>10} {:>10} {:>8}\n", part.phase.name,
                   width, counts.scheduled, counts.completed, achieved_rate(part),
                   shown_percentile(part.record.latency, 50),
                   shown_percentile(part.record.latency, 99), counts.failed);
  }
}

std::string_view color_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPassed:
      return "\x1b[32m";
    case Verdict::kFailed:
    case Verdict::kAborted:
      return "\x1b[31m";
    default:
      return "\x1b[33m";
  }
}

}  // namespace

std::string to_text(const plan::Plan& plan, const RunResult& result, bool color) {
  std::string out = what_was_done(plan);
  put_counts(out, result);
  put_latencies(out, result.totals);
  if (!result.mix.empty()) put_mix(out, plan, result.mix);
  if (result.phases.size() > 1) put_phases(out, result.phases);
  auto to = std::back_inserter(out);
  const auto& generator = result.generator;
  fmt::format_to(to, "\ngenerator   {:.2f}s of CPU, {} of memory{}\n", generator.cpu_seconds,
                 units::format_bytes({generator.max_rss_bytes}),
                 generator.throttled_periods > 0
                     ? fmt::format(", throttled in {} periods", generator.throttled_periods)
                     : "");
  for (const auto& threshold : result.thresholds)
    fmt::format_to(to, "threshold   {:<7} {}  (measured {})\n", threshold.ok ? "ok" : "FAILED",
                   threshold.expr, threshold.shown);
  fmt::format_to(to, "verdict     {}{}{}{}{}\n", color ? color_of(result.verdict) : "",
                 name(result.verdict), color ? "\x1b[0m" : "", result.reason.empty() ? "" : ": ",
                 result.reason);
  return out;
}

}  // namespace plimsoll::loadgen::result

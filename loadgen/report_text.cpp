#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <tuple>

#include "loadgen/report.hpp"

namespace plimsoll::loadgen {
namespace {

constexpr std::size_t kNameWidth = 11;

std::string duration(std::int64_t ns) { return units::format_duration(units::Duration{ns}); }

std::string seconds(double value) { return units::format_duration(units::from_seconds(value)); }

std::string what_was_done(const Plan& plan) {
  const auto& options = plan.options;
  std::string loop = "closed loop";
  if (plan.open_loop) {
    const auto rates = options.shape            ? options.shape->text
                       : options.stages.empty() ? fmt::format("{:g}/s", options.rate->per_second)
                                                : fmt::format("{} stages", options.stages.size());
    loop = fmt::format("open loop, {}, {} arrivals", rates,
                       options.arrivals == ArrivalKind::kPoisson ? "Poisson" : "constant");
  }
  const auto what = options.mix ? fmt::format("a mix of {} requests to", plan.mix.entries.size())
                                : options.request.method;
  return fmt::format(
      "{} {}\n{}, {} connections, {} thread{}{}\n\n", what, options.url, loop, plan.connections,
      plan.threads, plan.threads == 1 ? "" : "s",
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
                 seconds(result.duration_s), units::format_bytes({counts.bytes_sent}),
                 units::format_bytes({counts.bytes_received}));
  std::string status;
  for (std::size_t code = 0; code < result.totals.status.size(); ++code)
    if (result.totals.status[code] != 0)
      status +=
          fmt::format("{}{}: {}", status.empty() ? "" : ", ", code, result.totals.status[code]);
  if (!status.empty()) fmt::format_to(to, "status      {}\n", status);
  std::string errors;
  for (std::size_t kind = 0; kind < kErrorKinds; ++kind)
    if (result.totals.errors[kind] != 0)
      errors += fmt::format("{}{}: {}", errors.empty() ? "" : ", ", kErrorNames[kind],
                            result.totals.errors[kind]);
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
}

void put_latencies(std::string& out, const Record& record) {
  struct Row {
    std::string_view name;
    double percentile;
  };
  auto to = std::back_inserter(out);
  const auto put = [&](std::string_view name, auto value_of) {
    const auto shown = [&value_of](const latency::Histogram& histogram) {
      return histogram.count() == 0 ? std::string("-") : duration(value_of(histogram));
    };
    fmt::format_to(to, "{:<11} {:>10} {:>14} {:>10}\n", name, shown(record.latency),
                   shown(record.service_time), shown(record.send_lag));
  };
  fmt::format_to(to, "\n{:<11} {:>10} {:>14} {:>10}\n", "", "latency", "service time", "send lag");
  put("min", [](const auto& histogram) { return histogram.min(); });
  put("mean", [](const auto& histogram) { return static_cast<std::int64_t>(histogram.mean()); });
  put("stddev",
      [](const auto& histogram) { return static_cast<std::int64_t>(histogram.stddev()); });
  for (const auto& row : {Row{"p50", 50}, Row{"p75", 75}, Row{"p90", 90}, Row{"p95", 95},
                          Row{"p99", 99}, Row{"p99.9", 99.9}, Row{"p99.99", 99.99}})
    put(row.name, [&row](const auto& histogram) { return histogram.percentile(row.percentile); });
  put("max", [](const auto& histogram) { return histogram.max(); });
  if (record.failed_latency.count() > 0)
    fmt::format_to(to, "{} failed after p50 {}, max {}\n", record.failed_latency.count(),
                   duration(record.failed_latency.percentile(50)),
                   duration(record.failed_latency.max()));
}

void put_mix(std::string& out, const Plan& plan, const std::vector<Record>& mix) {
  auto to = std::back_inserter(out);
  std::size_t width = kNameWidth;
  for (const auto& entry : plan.mix.entries) width = std::max(width, entry.name.size());
  fmt::format_to(to, "\n{:<{}} {:>10} {:>10} {:>10} {:>10} {:>10} {:>8}\n", "request", width,
                 "sent", "completed", "5xx", "p50", "p99", "failed");
  for (std::size_t i = 0; i < mix.size(); ++i) {
    const auto& [counts, latency] = std::tie(mix[i].counts, mix[i].latency);
    fmt::format_to(to, "{:<{}} {:>10} {:>10} {:>10} {:>10} {:>10} {:>8}\n",
                   plan.mix.entries[i].name, width, counts.sent, counts.completed,
                   counts.server_errors, duration(latency.percentile(50)),
                   duration(latency.percentile(99)), counts.failed);
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
    fmt::format_to(
        to, "{:<{}} {:>10} {:>10} {:>10.1f} {:>10} {:>10} {:>8}\n", part.phase.name, width,
        counts.scheduled, counts.completed,
        part.duration_s > 0 ? static_cast<double>(counts.completed) / part.duration_s : 0.0,
        duration(part.record.latency.percentile(50)), duration(part.record.latency.percentile(99)),
        counts.failed);
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

std::string to_text(const Plan& plan, const RunResult& result, bool color) {
  std::string out = what_was_done(plan);
  put_counts(out, result);
  put_latencies(out, result.totals);
  if (!result.mix.empty()) put_mix(out, plan, result.mix);
  if (result.phases.size() > 1) put_phases(out, result.phases);
  auto to = std::back_inserter(out);
  const auto& generator = result.generator;
  fmt::format_to(to, "\ngenerator   {:.2f}s of CPU, {} of memory, schedule lag p99 {}{}\n",
                 generator.cpu_seconds, units::format_bytes({generator.max_rss_bytes}),
                 duration(result.totals.schedule_lag.percentile(99)),
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

}  // namespace plimsoll::loadgen

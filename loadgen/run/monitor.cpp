#include "loadgen/run/monitor.hpp"

#include <fmt/format.h>

#include <utility>

#include "core/latency/v2.hpp"
#include "core/units/units.hpp"

namespace plimsoll::loadgen::run {

Monitor::Monitor(const plan::Plan& plan, OnSecond on_second)
    : plan_(plan), on_second_(std::move(on_second)), snapshots_(plan.threads) {}

void Monitor::add(std::size_t thread, stats::SecondReport report) {
  auto& second = unfinished_[report.second];
  second.counts.add(report.counts);
  second.in_flight += report.in_flight;
  second.pending += report.pending;
  ++second.reports;
  const auto added = latency::add_counts(report.latency, second.latency);
  if (!added)
    throw std::logic_error("a report of our own cannot be read: " + added.error().message);
  if (report.so_far) snapshots_[thread] = std::move(report.so_far);
}

stats::Snapshot Monitor::so_far() const {
  stats::Snapshot all;
  for (const auto& snapshot : snapshots_)
    if (snapshot) all.add(*snapshot);
  return all;
}

void Monitor::advance(bool all) {
  while (!unfinished_.empty() && (all || unfinished_.begin()->second.reports >= plan_.threads)) {
    const auto& [number, second] = *unfinished_.begin();
    const auto& counts = second.counts;
    const bool nothing = counts.sent + counts.completed + counts.failed == 0;
    // What is left after the last whole second may be empty.
    if (!(all && nothing && unfinished_.size() == 1)) {
      series_.push_back({number, counts.sent, counts.completed, counts.failed,
                         second.latency.percentile(50), second.latency.percentile(99),
                         second.latency.max()});
      if (on_second_) on_second_(number, second.latency);
      in_flight_ = second.in_flight;
      pending_ = second.pending;
    }
    if (number >= plan_.options.warmup / std::chrono::seconds{1}) {
      measured_.add(counts);
      measured_latency_.merge(second.latency);
      measured_seconds_ += 1;
    }
    unfinished_.erase(unfinished_.begin());
  }
}

std::string Monitor::progress() const {
  if (series_.empty()) return "";
  const auto& last = series_.back();
  const auto shown = [](std::int64_t ns) { return units::format_duration(units::Duration{ns}); };
  const bool limited = plan_.duration < plan::Plan::kUnlimited && !plan_.options.requests;
  return fmt::format(
      "{}s{}  {}/s  p50 {}  p99 {}  failed {}  in flight {}  queued {}", last.second + 1,
      limited ? fmt::format("/{:.0f}s", units::seconds(plan_.duration)) : "", last.completed,
      shown(last.p50), shown(last.p99), last.failed, in_flight_, pending_);
}

std::string Monitor::met_abort_rule() const {
  if (const auto& grace = plan_.options.abort_grace;
      grace && measured_seconds_ < units::seconds(*grace))
    return "";
  const load_result::Measured measured{
      &measured_latency_, measured_.completed, measured_.failed, measured_.server_errors,
      measured_seconds_ > 0 ? static_cast<double>(measured_.completed) / measured_seconds_ : 0};
  for (const auto& rule : plan_.options.abort_rules)
    if (const auto value = rule.value(measured); value && rule.holds(*value)) return rule.text();
  return "";
}

}  // namespace plimsoll::loadgen::run

#include "loadgen/run/monitor.hpp"

#include <fmt/format.h>

#include <utility>

#include "core/latency/v2.hpp"
#include "core/units/units.hpp"

namespace plimsoll::loadgen::run {

Monitor::Monitor(const plan::Plan& plan, OnSecond on_second)
    : plan_(plan), on_second_(std::move(on_second)) {}

void Monitor::add(const stats::Interval& interval) {
  auto& second = pending_[interval.second];
  second.counts.add(interval.counts);
  second.in_flight += interval.in_flight;
  second.queued += interval.queued;
  ++second.reports;
  const auto added = latency::add_counts(interval.latency, second.latency);
  if (!added)
    throw std::logic_error("an interval of our own cannot be read: " + added.error().message);
}

void Monitor::advance(bool all) {
  while (!pending_.empty() && (all || pending_.begin()->second.reports >= plan_.threads)) {
    const auto& [number, second] = *pending_.begin();
    const auto& counts = second.counts;
    const bool nothing = counts.sent + counts.completed + counts.failed == 0;
    // What is left after the last whole second may be empty.
    if (!(all && nothing && pending_.size() == 1)) {
      series_.push_back({number, counts.sent, counts.completed, counts.failed,
                         second.latency.percentile(50), second.latency.percentile(99),
                         second.latency.max()});
      if (on_second_) on_second_(number, second.latency);
      in_flight_ = second.in_flight;
      queued_ = second.queued;
    }
    if (number >= plan_.options.warmup / std::chrono::seconds{1}) {
      so_far_.add(counts);
      latency_so_far_.merge(second.latency);
      measured_seconds_ += 1;
    }
    pending_.erase(pending_.begin());
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
      shown(last.p50), shown(last.p99), last.failed, in_flight_, queued_);
}

std::string Monitor::met_abort_rule() const {
  if (const auto& grace = plan_.options.abort_grace;
      grace && measured_seconds_ < units::seconds(*grace))
    return "";
  const plan::Measured measured{
      &latency_so_far_, so_far_.completed, so_far_.failed, so_far_.server_errors,
      measured_seconds_ > 0 ? static_cast<double>(so_far_.completed) / measured_seconds_ : 0};
  for (const auto& rule : plan_.options.abort_rules)
    if (const auto value = rule.value(measured); value && rule.holds(*value)) return rule.text();
  return "";
}

}  // namespace plimsoll::loadgen::run

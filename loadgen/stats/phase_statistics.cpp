#include "loadgen/stats/phase_statistics.hpp"

#include <algorithm>

namespace plimsoll::loadgen::stats {

void Counts::add(const Counts& other) noexcept {
  scheduled += other.scheduled;
  sent += other.sent;
  completed += other.completed;
  failed += other.failed;
  dropped += other.dropped;
  server_errors += other.server_errors;
  stale_retries += other.stale_retries;
  bytes_sent += other.bytes_sent;
  bytes_received += other.bytes_received;
}

void PhaseStatistics::keep_detail(std::size_t kind, const std::string& detail) {
  if (error_details[kind].empty()) error_details[kind] = detail;
}

void PhaseStatistics::merge(const PhaseStatistics& other) {
  counts.add(other.counts);
  for (std::size_t i = 0; i < status.size(); ++i) status[i] += other.status[i];
  for (std::size_t i = 0; i < errors.size(); ++i) {
    errors[i] += other.errors[i];
    keep_detail(i, other.error_details[i]);
  }
  latency.merge(other.latency);
  service_time.merge(other.service_time);
  send_lag.merge(other.send_lag);
  schedule_lag.merge(other.schedule_lag);
  failed_latency.merge(other.failed_latency);
  last_end = std::max(last_end, other.last_end);
}

void ConnectionCounts::add(const ConnectionCounts& other) noexcept {
  opened += other.opened;
  failed += other.failed;
  closed_by_peer += other.closed_by_peer;
  recycled += other.recycled;
  unasked += other.unasked;
}

}  // namespace plimsoll::loadgen::stats

#include "loadgen/snapshot.hpp"

namespace plimsoll::loadgen {

// One walk over the counts, of which only the part up to the largest value is looked at.
void Buckets::add(const latency::Histogram& histogram) noexcept {
  const auto counts = histogram.used_counts();
  std::size_t bound = 0;
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    while (bound < below.size() && kBucketBounds[bound] < latency::Histogram::highest_of(i))
      below[bound++] += seen;
    seen += static_cast<std::uint64_t>(counts[i]);
    sum += static_cast<double>(latency::Histogram::middle_of(i)) * static_cast<double>(counts[i]);
  }
  while (bound < below.size()) below[bound++] += seen;
  count += seen;
}

void Buckets::add(const Buckets& other) noexcept {
  for (std::size_t i = 0; i < below.size(); ++i) below[i] += other.below[i];
  count += other.count;
  sum += other.sum;
}

void Snapshot::add(const Snapshot& other) noexcept {
  counts.add(other.counts);
  for (std::size_t i = 0; i < status.size(); ++i) status[i] += other.status[i];
  for (std::size_t i = 0; i < errors.size(); ++i) errors[i] += other.errors[i];
  latency.add(other.latency);
  service_time.add(other.service_time);
  send_lag.add(other.send_lag);
  schedule_lag.add(other.schedule_lag);
  failed_latency.add(other.failed_latency);
  in_flight += other.in_flight;
  queued += other.queued;
}

Snapshot take_snapshot(std::span<const Record> phases, std::uint64_t in_flight,
                       std::uint64_t queued) {
  Snapshot snapshot;
  for (const auto& phase : phases) {
    snapshot.counts.add(phase.counts);
    for (std::size_t i = 0; i < phase.status.size(); ++i) snapshot.status[i] += phase.status[i];
    for (std::size_t i = 0; i < phase.errors.size(); ++i) snapshot.errors[i] += phase.errors[i];
    snapshot.latency.add(phase.latency);
    snapshot.service_time.add(phase.service_time);
    snapshot.send_lag.add(phase.send_lag);
    snapshot.schedule_lag.add(phase.schedule_lag);
    snapshot.failed_latency.add(phase.failed_latency);
  }
  snapshot.in_flight = in_flight;
  snapshot.queued = queued;
  return snapshot;
}

void SnapshotBox::put(const Snapshot& snapshot) {
  const std::lock_guard lock(mutex_);
  latest_ = snapshot;
}

Snapshot SnapshotBox::latest() const {
  const std::lock_guard lock(mutex_);
  return latest_;
}

}  // namespace plimsoll::loadgen

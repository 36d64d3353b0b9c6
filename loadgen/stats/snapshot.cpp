#include "loadgen/stats/snapshot.hpp"

namespace plimsoll::loadgen::stats {

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

namespace {

// part: what a phase has counted, or another snapshot.
template <typename Part>
void add_counts(Snapshot& sum, const Part& part) noexcept {
  sum.counts.add(part.counts);
  for (std::size_t i = 0; i < sum.status.size(); ++i) sum.status[i] += part.status[i];
  for (std::size_t i = 0; i < sum.errors.size(); ++i) sum.errors[i] += part.errors[i];
  sum.latency.add(part.latency);
  sum.service_time.add(part.service_time);
  sum.send_lag.add(part.send_lag);
  sum.schedule_lag.add(part.schedule_lag);
  sum.failed_latency.add(part.failed_latency);
}

}  // namespace

void Snapshot::add(const Snapshot& other) noexcept {
  add_counts(*this, other);
  in_flight += other.in_flight;
  pending += other.pending;
}

Snapshot take_snapshot(std::span<const PhaseStatistics> phases, std::uint64_t in_flight,
                       std::uint64_t pending) {
  Snapshot snapshot;
  for (const auto& phase : phases) add_counts(snapshot, phase);
  snapshot.in_flight = in_flight;
  snapshot.pending = pending;
  return snapshot;
}

}  // namespace plimsoll::loadgen::stats

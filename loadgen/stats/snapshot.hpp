// How far one thread has come, for the metrics endpoint: everything since the start of the run,
// warm-up included. Times are nanoseconds. Thread-safety: values.
//
// Buckets are cut from a histogram of three digits: a value is counted under a bound when its whole
// HdrHistogram bucket lies at or below it, so a value within 0.1 % under a bound may count in the
// next bucket up. Counts never shrink as values are added, which a Prometheus counter must not.
#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "loadgen/stats/phase_statistics.hpp"

namespace plimsoll::loadgen::stats {

// 100 us to 60 s, in the 1-2.5-5 steps that Prometheus users know.
inline constexpr std::array<std::int64_t, 18> kBucketBounds = {
    100'000,       250'000,       500'000,       1'000'000,      2'500'000,      5'000'000,
    10'000'000,    25'000'000,    50'000'000,    100'000'000,    250'000'000,    500'000'000,
    1'000'000'000, 2'500'000'000, 5'000'000'000, 10'000'000'000, 30'000'000'000, 60'000'000'000};

struct Buckets {
  std::array<std::uint64_t, kBucketBounds.size()> below{};  // cumulative, one per bound
  std::uint64_t count = 0;
  double sum = 0;  // from the middle of each HdrHistogram bucket: within 0.1 %

  void add(const latency::Histogram& histogram) noexcept;
  void add(const Buckets& other) noexcept;
};

struct Snapshot {
  Counts counts;
  std::array<std::uint64_t, 1000> status{};
  std::array<std::uint64_t, net::kErrorKinds> errors{};
  Buckets latency;
  Buckets service_time;
  Buckets send_lag;
  Buckets schedule_lag;
  Buckets failed_latency;
  std::uint64_t in_flight = 0;
  std::uint64_t pending = 0;

  void add(const Snapshot& other) noexcept;
};

[[nodiscard]] Snapshot take_snapshot(std::span<const PhaseStatistics> phases,
                                     std::uint64_t in_flight, std::uint64_t pending);

}  // namespace plimsoll::loadgen::stats

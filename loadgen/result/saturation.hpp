// Was the generator itself too slow for its results to be trusted? Speaks of this process only,
// never of a slow target. Pure. Thread-safety: values.
#pragma once
#include <cstdint>
#include <string>

#include "core/latency/histogram.hpp"

namespace plimsoll::loadgen::result {

struct SaturationInputs {
  const latency::Histogram* schedule_lag = nullptr;  // all zero in a closed loop
  const latency::Histogram* latency = nullptr;
  double stalled_seconds = 0;     // a thread did not run when it should have
  double busiest_thread_cpu = 0;  // share of one CPU, 0..1
  double duration_s = 0;
  std::uint64_t throttled_periods = 0;  // of the cgroup's CPU limit, during the run
  double throttled_seconds = 0;
};

struct Saturation {
  bool saturated = false;
  std::string reason;  // what, how much, what to do
};

[[nodiscard]] Saturation assess(const SaturationInputs& inputs);

}  // namespace plimsoll::loadgen::result

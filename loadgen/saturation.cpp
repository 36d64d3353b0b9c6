#include "loadgen/saturation.hpp"

#include <fmt/format.h>

#include "core/units/units.hpp"

namespace plimsoll::loadgen {
namespace {

// One late request in a hundred moves the p99, one in a thousand the p99.9, by as much.
constexpr std::int64_t kLateP99 = 10'000'000;
constexpr std::int64_t kLateP999 = 100'000'000;
constexpr double kBusy = 0.95;
// A share of the run; single throttled periods at the start are common and harmless.
constexpr double kThrottled = 0.01;

}  // namespace

Saturation assess(const SaturationInputs& inputs) {
  const auto& lag = *inputs.schedule_lag;
  if (inputs.throttled_seconds > kThrottled * inputs.duration_s)
    return {true, fmt::format("its CPU limit throttled it in {} periods, {:.2f}s in all: raise the "
                              "limit or lower the rate",
                              inputs.throttled_periods, inputs.throttled_seconds)};
  const auto late = [](std::int64_t value, const char* what) {
    return fmt::format("requests were picked up late, {} {}: give it more CPU or lower the rate",
                       what, units::format_duration(units::Duration{value}));
  };
  if (lag.percentile(99) > kLateP99) return {true, late(lag.percentile(99), "p99")};
  if (lag.percentile(99.9) > kLateP999) return {true, late(lag.percentile(99.9), "p99.9")};
  if (inputs.busiest_thread_cpu > kBusy)
    return {true, fmt::format("a thread used {:.0f}% of a CPU: the limit found is the generator's; "
                              "add --threads or CPUs",
                              100 * inputs.busiest_thread_cpu)};
  return {};
}

}  // namespace plimsoll::loadgen

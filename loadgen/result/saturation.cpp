#include "loadgen/result/saturation.hpp"

#include <fmt/format.h>

#include "core/units/units.hpp"

namespace plimsoll::loadgen::result {
namespace {

// One late request in a hundred moves the p99, one in a thousand the p99.9. Below these the
// scheduling of a busy machine would make every result doubtful ...
constexpr std::int64_t kLateP99 = 25'000'000;
constexpr std::int64_t kLateP999 = 250'000'000;
// ... and below this share of the latency itself the conclusion does not depend on it.
constexpr double kLateShare = 0.2;
constexpr double kBusy = 0.95;
constexpr double kLongEnough = 1;  // s; ten quick requests are all CPU, and prove nothing
// Shares of the run; single throttled periods at the start are common and harmless.
constexpr double kThrottled = 0.01;
constexpr double kStalled = 0.01;

}  // namespace

Saturation assess(const SaturationInputs& inputs) {
  const auto& lag = *inputs.schedule_lag;
  if (inputs.throttled_seconds > kThrottled * inputs.duration_s)
    return {true, fmt::format("its CPU limit throttled it in {} periods, {:.2f}s in all: raise the "
                              "limit or lower the rate",
                              inputs.throttled_periods, inputs.throttled_seconds)};
  const auto is_late = [&](double percent, std::int64_t bound) {
    const auto value = lag.percentile(percent);
    return value > bound &&
           static_cast<double>(value) >
               kLateShare * static_cast<double>(inputs.latency->percentile(percent));
  };
  const auto late = [](std::int64_t value, const char* what) {
    return fmt::format("requests were picked up late, {} {}: give it more CPU or lower the rate",
                       what, units::format_duration(units::Duration{value}));
  };
  if (is_late(99, kLateP99)) return {true, late(lag.percentile(99), "p99")};
  if (is_late(99.9, kLateP999)) return {true, late(lag.percentile(99.9), "p99.9")};
  if (inputs.stalled_seconds > kStalled * inputs.duration_s)
    return {true, fmt::format("it was not running for {:.2f}s of {:.2f}s: give it a CPU of its own",
                              inputs.stalled_seconds, inputs.duration_s)};
  if (inputs.busiest_thread_cpu > kBusy && inputs.duration_s >= kLongEnough)
    return {true, fmt::format("a thread used {:.0f}% of a CPU: the limit found is the generator's; "
                              "add --threads or CPUs",
                              100 * inputs.busiest_thread_cpu)};
  return {};
}

}  // namespace plimsoll::loadgen::result

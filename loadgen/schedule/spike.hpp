// A base rate with one rectangular spike: N(t) = base t + (peak - base) clamp(t - at, 0, width).
// A peak below the base is a dip. Units: seconds, arrivals, arrivals per second. Errors of parse:
// exit code 2. Thread-safety: values, pure functions.
#pragma once
#include "core/result/result.hpp"
#include "loadgen/schedule/keys.hpp"

namespace plimsoll::loadgen::schedule {

struct Spike {
  double base = 0;
  double peak = 0;
  double at = 0;
  double width = 0;

  // base=100/s,peak=1000/s,at=30s,for=5s
  [[nodiscard]] static Result<Spike> parse(ShapeKeys& keys);

  [[nodiscard]] double rate(double t) const noexcept;
  [[nodiscard]] double arrivals(double t) const noexcept;
  [[nodiscard]] double time_of(double x) const noexcept;
};

}  // namespace plimsoll::loadgen::schedule

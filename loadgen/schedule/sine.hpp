// A rate that swings around a mean: M + A sin(phi + 2 pi t / P), so that
// N(t) = M t + (A P / 2 pi) (cos phi - cos(phi + 2 pi t / P)), with phi = 2 pi shift / P.
// Units: seconds, arrivals, arrivals per second. Errors of parse: exit code 2. Thread-safety:
// values, pure functions.
#pragma once
#include "core/result/result.hpp"
#include "loadgen/schedule/keys.hpp"

namespace plimsoll::loadgen::schedule {

struct Sine {
  double mean = 0;
  double amplitude = 0;  // at most mean
  double period = 1;
  double shift = 0;  // how far into its period it begins

  // mean=500/s,amplitude=400/s,period=60s[,shift=15s]
  [[nodiscard]] static Result<Sine> parse(ShapeKeys& keys);

  [[nodiscard]] double rate(double t) const noexcept;
  [[nodiscard]] double arrivals(double t) const noexcept;
  [[nodiscard]] double time_of(double x) const noexcept;
};

}  // namespace plimsoll::loadgen::schedule

// A level that swings around a mean: M + A sin(phi + 2 pi t / P), with phi = 2 pi shift / P; its
// integral is M t + (A P / 2 pi) (cos phi - cos(phi + 2 pi t / P)). Errors of parse: invalid input.
// Thread-safety: values, pure functions.
#pragma once
#include "core/shape/keys.hpp"

namespace plimsoll::shape {

struct Sine {
  double mean = 0;
  double amplitude = 0;  // at most mean
  double period = 1;     // seconds
  double shift = 0;      // seconds: how far into its period it begins

  // mean=500/s,amplitude=400/s,period=60s[,shift=15s], or period=60s[,low=10%]: from low up to the
  // goal and back.
  [[nodiscard]] static Result<Sine> parse(Keys& keys);

  [[nodiscard]] double value(double t) const noexcept;
  [[nodiscard]] double integral(double t) const noexcept;
  [[nodiscard]] double time_of(double x) const noexcept;
  [[nodiscard]] double highest() const noexcept { return mean + amplitude; }
  void scale(double factor) noexcept;
};

}  // namespace plimsoll::shape

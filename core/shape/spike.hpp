// A base level with one rectangular spike: its integral is base t + (peak - base) clamp(t - at, 0,
// width). A peak below the base is a dip. Errors of parse: invalid input. Thread-safety: values,
// pure functions.
#pragma once
#include "core/shape/keys.hpp"

namespace plimsoll::shape {

struct Spike {
  double base = 0;
  double peak = 0;
  double at = 0;     // seconds
  double width = 0;  // seconds

  // base=100/s,peak=1000/s,at=30s,for=5s
  [[nodiscard]] static Result<Spike> parse(Keys& keys);

  [[nodiscard]] double value(double t) const noexcept;
  [[nodiscard]] double integral(double t) const noexcept;
  [[nodiscard]] double time_of(double x) const noexcept;
  [[nodiscard]] double highest() const noexcept { return base > peak ? base : peak; }
  void scale(double factor) noexcept;
};

}  // namespace plimsoll::shape

// A level that goes from one value to another in a straight line: its integral is
// a t + (b - a) t^2 / (2 D). Equal ends are a constant level. Errors: none. Thread-safety: values,
// pure functions.
#pragma once

namespace plimsoll::shape {

struct Linear {
  double length = 0;  // D in seconds, above 0
  double from = 0;    // a
  double to = 0;      // b

  [[nodiscard]] double value(double t) const noexcept;
  [[nodiscard]] double integral(double t) const noexcept;  // 0 <= t <= length
  [[nodiscard]] double time_of(double x) const noexcept;   // 0 <= x < integral(length)
  [[nodiscard]] double highest() const noexcept { return from > to ? from : to; }
  void scale(double factor) noexcept;
};

}  // namespace plimsoll::shape

// A rate that goes from one value to another in a straight line: N(t) = a t + (b - a) t^2 / (2 D).
// Equal ends are a constant rate. Units: seconds, arrivals, arrivals per second. Errors: none.
// Thread-safety: values, pure functions.
#pragma once

namespace plimsoll::loadgen::schedule {

struct Linear {
  double length = 0;  // D, above 0
  double from = 0;    // a
  double to = 0;      // b

  [[nodiscard]] double rate(double t) const noexcept;
  // How many arrivals are due before t, 0 <= t <= length.
  [[nodiscard]] double arrivals(double t) const noexcept;
  // The inverse: when x are due, 0 <= x < arrivals(length).
  [[nodiscard]] double time_of(double x) const noexcept;
};

}  // namespace plimsoll::loadgen::schedule

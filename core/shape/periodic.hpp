// Levels that repeat: the goal for a part of each period, and a rise from a low level to the goal.
// Errors of parse: invalid input. Thread-safety: values, pure functions.
#pragma once
#include "core/shape/keys.hpp"

namespace plimsoll::shape {

// High first, for duty of the period, then low.
struct Square {
  double high = 1;
  double low = 0;
  double period = 1;  // seconds
  double duty = 0.5;

  // period=30s[,low=10%][,duty=50%]
  [[nodiscard]] static Result<Square> parse(Keys& keys);

  [[nodiscard]] double value(double t) const noexcept;
  [[nodiscard]] double integral(double t) const noexcept;
  [[nodiscard]] double time_of(double x) const noexcept;
  [[nodiscard]] double highest() const noexcept { return high; }
  void scale(double factor) noexcept;

 private:
  [[nodiscard]] double of_one_period() const noexcept;
};

// Rises from low to high, then falls at once.
struct Sawtooth {
  double high = 1;
  double low = 0;
  double period = 1;  // seconds

  // period=1m[,low=10%]
  [[nodiscard]] static Result<Sawtooth> parse(Keys& keys);

  [[nodiscard]] double value(double t) const noexcept;
  [[nodiscard]] double integral(double t) const noexcept;
  [[nodiscard]] double time_of(double x) const noexcept;
  [[nodiscard]] double highest() const noexcept { return high; }
  void scale(double factor) noexcept;
};

}  // namespace plimsoll::shape

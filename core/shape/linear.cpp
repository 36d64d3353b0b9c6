#include "core/shape/linear.hpp"

#include <algorithm>
#include <cmath>

namespace plimsoll::shape {

double Linear::value(double t) const noexcept { return from + (to - from) / length * t; }

double Linear::integral(double t) const noexcept {
  return from * t + (to - from) / length * t * t / 2;
}

// The root of from t + slope t^2 / 2 = x, in the form that does not cancel when the slope is small.
double Linear::time_of(double x) const noexcept {
  if (x <= 0) return 0;
  const double slope = (to - from) / length;
  return 2 * x / (from + std::sqrt(std::max(0.0, from * from + 2 * slope * x)));
}

void Linear::scale(double factor) noexcept {
  from *= factor;
  to *= factor;
}

}  // namespace plimsoll::shape

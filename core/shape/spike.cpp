#include "core/shape/spike.hpp"

#include <algorithm>

namespace plimsoll::shape {

Result<Spike> Spike::parse(Keys& keys) {
  Spike spike{keys.level("base"), keys.level("peak"), keys.seconds("at"), keys.seconds("for")};
  if (spike.width <= 0) keys.refuse("'for' must be above 0");
  if (const auto finished = keys.finish(); !finished) return finished.error();
  return spike;
}

double Spike::value(double t) const noexcept { return t >= at && t < at + width ? peak : base; }

double Spike::integral(double t) const noexcept {
  return base * t + (peak - base) * std::clamp(t - at, 0.0, width);
}

double Spike::time_of(double x) const noexcept {
  const double before = base * at;
  if (x < before) return x / base;
  const double during = peak * width;
  if (x < before + during) return at + (x - before) / peak;
  return at + width + (x - before - during) / base;
}

void Spike::scale(double factor) noexcept {
  base *= factor;
  peak *= factor;
}

}  // namespace plimsoll::shape

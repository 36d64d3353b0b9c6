#include "core/shape/periodic.hpp"

#include <algorithm>
#include <cmath>

#include "core/shape/linear.hpp"

namespace plimsoll::shape {
namespace {

// Whole periods before t, and the rest. 0.3 s are three periods of 0.1 s, whatever binary makes of
// them.
struct Phase {
  double whole = 0;
  double rest = 0;
};
Phase phase(double t, double period) noexcept {
  const double whole = std::floor(t / period + 1e-9);
  return {whole, std::max(0.0, t - whole * period)};
}

Linear tooth(const Sawtooth& form) noexcept { return {form.period, form.low, form.high}; }

}  // namespace

Result<Square> Square::parse(Keys& keys) {
  Square square;
  square.period = keys.period();
  square.low = keys.share("low", 0.0);
  square.duty = keys.share("duty", 0.5);
  if (const auto finished = keys.finish(); !finished) return finished.error();
  return square;
}

double Square::value(double t) const noexcept {
  return phase(t, period).rest < duty * period ? high : low;
}

double Square::of_one_period() const noexcept { return period * (duty * high + (1 - duty) * low); }

double Square::integral(double t) const noexcept {
  const auto [whole, rest] = phase(t, period);
  const double at_high = std::min(rest, duty * period);
  return whole * of_one_period() + at_high * high + (rest - at_high) * low;
}

double Square::time_of(double x) const noexcept {
  const double whole = std::floor(x / of_one_period());
  const double rest = x - whole * of_one_period();
  const double at_high = duty * period * high;
  const double start = whole * period;
  // Nothing is left of the low part where its level is 0: x is reached at the end of the high one.
  if (rest < at_high || low == 0) return start + rest / high;
  return start + duty * period + (rest - at_high) / low;
}

void Square::scale(double factor) noexcept {
  high *= factor;
  low *= factor;
}

Result<Sawtooth> Sawtooth::parse(Keys& keys) {
  Sawtooth sawtooth;
  sawtooth.period = keys.period();
  sawtooth.low = keys.share("low", 0.0);
  if (const auto finished = keys.finish(); !finished) return finished.error();
  return sawtooth;
}

double Sawtooth::value(double t) const noexcept {
  return tooth(*this).value(phase(t, period).rest);
}

double Sawtooth::integral(double t) const noexcept {
  const auto [whole, rest] = phase(t, period);
  return whole * tooth(*this).integral(period) + tooth(*this).integral(rest);
}

double Sawtooth::time_of(double x) const noexcept {
  const double each = tooth(*this).integral(period);
  const double whole = std::floor(x / each);
  return whole * period + tooth(*this).time_of(x - whole * each);
}

void Sawtooth::scale(double factor) noexcept {
  high *= factor;
  low *= factor;
}

}  // namespace plimsoll::shape

#include "core/shape/sine.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace plimsoll::shape {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;
constexpr double kPrecision = 1e-11;  // seconds: a hundredth of a nanosecond
constexpr int kMostSteps = 100;

}  // namespace

Result<Sine> Sine::parse(Keys& keys) {
  Sine sine;
  if (keys.has("mean") || keys.has("amplitude")) {
    sine.mean = keys.level("mean");
    sine.amplitude = keys.level("amplitude");
    sine.period = keys.period();
    sine.shift = keys.seconds("shift", 0.0);
    if (sine.amplitude > sine.mean)
      keys.refuse("'amplitude' must be at most 'mean': a rate cannot fall below 0");
  } else {
    const double low = keys.share("low", 0.0);
    sine.period = keys.period();
    sine = {(1 + low) / 2, (1 - low) / 2, sine.period, -sine.period / 4};
  }
  if (const auto finished = keys.finish(); !finished) return finished.error();
  return sine;
}

double Sine::value(double t) const noexcept {
  return mean + amplitude * std::sin(kTurn * (shift + t) / period);
}

double Sine::integral(double t) const noexcept {
  return mean * t + amplitude * period / kTurn *
                        (std::cos(kTurn * shift / period) - std::cos(kTurn * (shift + t) / period));
}

// Newton's method within one period, kept inside a bracket: the integral never falls, but its slope
// may be 0.
double Sine::time_of(double x) const noexcept {
  if (x <= 0) return 0;
  const double periods = std::floor(x / (mean * period));
  const double rest = x - periods * mean * period;
  double low = 0;
  double high = period;
  double t = std::clamp(rest / mean, low, high);
  for (int step = 0; step < kMostSteps && high - low > kPrecision; ++step) {
    const double error = integral(t) - rest;
    (error > 0 ? high : low) = t;
    double next = t - error / value(t);
    if (!(next > low && next < high)) next = (low + high) / 2;
    const double moved = std::abs(next - t);
    t = next;
    if (moved < kPrecision) break;
  }
  return periods * period + t;
}

void Sine::scale(double factor) noexcept {
  mean *= factor;
  amplitude *= factor;
}

}  // namespace plimsoll::shape

#include "loadgen/schedule/sine.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace plimsoll::loadgen::schedule {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;
constexpr double kPrecision = 1e-11;  // seconds: a hundredth of a nanosecond
constexpr int kMostSteps = 100;

}  // namespace

Result<Sine> Sine::parse(ShapeKeys& keys) {
  Sine sine{keys.rate("mean"), keys.rate("amplitude"), keys.seconds("period"),
            keys.seconds("shift", 0.0)};
  if (sine.amplitude > sine.mean)
    keys.refuse("'amplitude' must be at most 'mean': a rate cannot fall below 0");
  if (sine.period <= 0) keys.refuse("'period' must be above 0");
  if (const auto finished = keys.finish(); !finished) return finished.error();
  return sine;
}

double Sine::rate(double t) const noexcept {
  return mean + amplitude * std::sin(kTurn * (shift + t) / period);
}

double Sine::arrivals(double t) const noexcept {
  return mean * t + amplitude * period / kTurn *
                        (std::cos(kTurn * shift / period) - std::cos(kTurn * (shift + t) / period));
}

// Newton's method within one period, kept inside a bracket: N never falls, but its slope may be 0.
double Sine::time_of(double x) const noexcept {
  if (x <= 0) return 0;
  const double periods = std::floor(x / (mean * period));
  const double rest = x - periods * mean * period;
  double low = 0;
  double high = period;
  double t = std::clamp(rest / mean, low, high);
  for (int step = 0; step < kMostSteps && high - low > kPrecision; ++step) {
    const double error = arrivals(t) - rest;
    (error > 0 ? high : low) = t;
    double next = t - error / rate(t);
    if (!(next > low && next < high)) next = (low + high) / 2;
    const double moved = std::abs(next - t);
    t = next;
    if (moved < kPrecision) break;
  }
  return periods * period + t;
}

}  // namespace plimsoll::loadgen::schedule

#include "reports/page/axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "core/units/units.hpp"

namespace plimsoll::reports::page {
namespace {

// As many labels as fit beside each other on a phone.
constexpr double kTimeTicks = 6;
constexpr double kValueTicks = 4;
// An axis is drawn up to here; what is past it shows at the edge.
constexpr double kLargest = 1e15;

// 1, 2 or 5 times a power of ten, the smallest that is at least this.
double round_step(double least) {
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= least * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

double round_time_step(double least) {
  constexpr std::array kSteps = {1.0,  2.0,   5.0,   10.0,  15.0,   30.0,   60.0,
                                 120., 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0};
  if (least <= 1) return round_step(least);
  for (const double step : kSteps)
    if (step >= least) return step;
  return 3600 * round_step(least / 3600);
}

std::vector<double> multiples(double low, double high, double step) {
  std::vector<double> ticks;
  const double last = std::floor(high / step + 1e-9);
  for (double n = std::ceil(low / step - 1e-9); n <= last; ++n)
    ticks.push_back(n * step + 0.0);  // no -0
  return ticks;
}

}  // namespace

bool drawable(double value) noexcept { return std::isfinite(value) && std::abs(value) < kLargest; }

double Axis::place(double value) const noexcept {
  if (!(high > low) || std::isnan(value)) return 0;
  return std::clamp((value - low) / (high - low), 0.0, 1.0);
}

Axis time_axis(double end) {
  if (!drawable(end) || end <= 0) end = 1;
  return {0, end, multiples(0, end, round_time_step(end / kTimeTicks))};
}

Axis value_axis(const std::vector<double>& values, std::string_view unit) {
  double low = 0, high = 0;
  bool whole = true;
  for (const double value : values) {
    if (!drawable(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
    whole = whole && value == std::floor(value);
  }
  if (high <= low) high = low + 1;
  const double least = (high - low) / kValueTicks;
  double step = round_step(least);
  if (unit == "bytes")
    step = std::exp2(std::ceil(std::log2(std::max(least, 1.0)) - 1e-9));
  else if (whole)
    step = std::max(step, 1.0);
  low = step * std::floor(low / step + 1e-9);
  high = step * std::ceil(high / step - 1e-9);
  return {low, high, multiples(low, high, step)};
}

std::string format_value(double value, std::string_view unit) {
  if (!drawable(value)) return "-";
  if (unit == "bytes" && value >= 0)
    return units::format_bytes({static_cast<std::uint64_t>(value)});
  if (unit == "ratio") return fmt::format("{:.4g}%", value * 100);
  const bool short_whole = value == std::floor(value) && std::abs(value) < 1e7;
  return short_whole ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value);
}

}  // namespace plimsoll::reports::page

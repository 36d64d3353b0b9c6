#include "core/shape/shape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

namespace plimsoll::shape {
namespace {

constexpr Duration kShortestPeriod = std::chrono::milliseconds{100};
constexpr Duration kSample = std::chrono::milliseconds{10};

constexpr std::string_view kForms =
    "square:period=30s,low=10%,duty=50% or sine:period=1m,low=10% or sawtooth:period=1m,low=10% or "
    "trace:FILE";

// How far into its period.
double phase(Duration elapsed, Duration period) {
  return units::seconds(elapsed % period) / units::seconds(period);
}

struct ShareAt {
  Duration elapsed;

  double operator()(const Constant&) const { return 1; }
  double operator()(const Square& form) const {
    return phase(elapsed, form.period) < form.duty ? 1 : form.low;
  }
  double operator()(const Sine& form) const {
    const double wave = (1 - std::cos(2 * std::numbers::pi * phase(elapsed, form.period))) / 2;
    return form.low + (1 - form.low) * wave;
  }
  double operator()(const Sawtooth& form) const {
    return form.low + (1 - form.low) * phase(elapsed, form.period);
  }
  double operator()(const Trace& form) const {
    const auto after =
        std::upper_bound(form.points.begin(), form.points.end(), elapsed,
                         [](Duration time, const auto& point) { return time < point.first; });
    if (after == form.points.begin()) return after->second;
    const auto& before = *(after - 1);
    if (after == form.points.end()) return before.second;
    const double part =
        units::seconds(elapsed - before.first) / units::seconds(after->first - before.first);
    return before.second + part * (after->second - before.second);
  }
};

struct Keys {
  std::optional<Duration> period;
  std::optional<double> low;
  std::optional<double> duty;
};

Result<void> set_key(Keys& keys, std::string_view name, std::string_view value) {
  if (name == "period") {
    const auto period = units::parse_duration(value);
    if (!period) return period.error();
    if (*period < kShortestPeriod) return invalid_input("period: 100ms is the shortest");
    keys.period = *period;
    return {};
  }
  if (name != "low" && name != "duty")
    return invalid_input(fmt::format("unknown key '{}': write {}", name, kForms));
  const auto percent = units::parse_percent(value);
  if (!percent) return percent.error();
  if (percent->value > 100) return invalid_input(std::string{name} + ": above 100%");
  (name == "low" ? keys.low : keys.duty) = percent->fraction();
  return {};
}

Result<Keys> parse_keys(std::string_view text) {
  Keys keys;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const auto pair = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    const auto set =
        set_key(keys, pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size())));
    if (!set) return set.error();
  }
  if (!keys.period) return invalid_input(fmt::format("period is missing: write {}", kForms));
  return keys;
}

}  // namespace

Result<Shape> Shape::parse(std::string_view text) {
  const auto colon = text.find(':');
  const auto name = text.substr(0, colon);
  const auto rest = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  if (name == "trace") {
    auto trace = read_trace(std::string{rest});
    if (!trace) return trace.error();
    return Shape{std::move(*trace)};
  }
  if (name != "square" && name != "sine" && name != "sawtooth")
    return invalid_input(fmt::format("'{}' is not a shape: write {}", text, kForms));
  const auto keys = parse_keys(rest);
  if (!keys) return keys.error();
  if (keys->duty && name != "square")
    return invalid_input(fmt::format("duty: only square has it, not {}", name));
  const double low = keys->low.value_or(0);
  if (name == "square") return Shape{Square{*keys->period, low, keys->duty.value_or(0.5)}};
  if (name == "sine") return Shape{Sine{*keys->period, low}};
  return Shape{Sawtooth{*keys->period, low}};
}

Shape Shape::with_ramp(Duration ramp) const {
  Shape ramped = *this;
  ramped.ramp_ = ramp;
  return ramped;
}

double Shape::at(Duration elapsed) const {
  elapsed = std::max(elapsed, Duration::zero());
  const double risen = elapsed < ramp_ ? units::seconds(elapsed) / units::seconds(ramp_) : 1.0;
  return risen * std::visit(ShareAt{elapsed}, form_);
}

double Shape::mean(Duration from, Duration to) const {
  if (to <= from) return at(from);
  constexpr Duration::rep kMost = 100'000;
  const auto samples = std::clamp<Duration::rep>((to - from) / kSample, 1, kMost);
  double sum = 0;
  for (Duration::rep i = 0; i < samples; ++i)
    sum +=
        at(from + units::from_seconds(units::seconds(to - from) * (static_cast<double>(i) + 0.5) /
                                      static_cast<double>(samples)));
  return sum / static_cast<double>(samples);
}

double Shape::peak() const {
  const auto* trace = std::get_if<Trace>(&form_);
  if (trace == nullptr) return 1;
  const auto highest =
      std::max_element(trace->points.begin(), trace->points.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return highest->second;
}

}  // namespace plimsoll::shape

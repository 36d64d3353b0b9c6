#include "loadgen/plan/threshold.hpp"

#include <fmt/format.h>

#include "core/units/units.hpp"

namespace plimsoll::loadgen::plan {
namespace {

Error refused(std::string_view text, std::string_view reason) {
  return invalid_input(
      fmt::format("'{}' is not a threshold: {}; write it as p99<250ms, errors<0.1% or rate>=950/s",
                  text, reason));
}

}  // namespace

Result<Threshold> Threshold::parse(std::string_view text) {
  Threshold threshold;
  threshold.text_ = text;
  const auto at = text.find_first_of("<>");
  if (at == std::string_view::npos) return refused(text, "< or > is missing");
  const bool or_equal = at + 1 < text.size() && text[at + 1] == '=';
  threshold.comparison_ = text[at] == '<'
                              ? (or_equal ? Comparison::kLessOrEqual : Comparison::kLess)
                              : (or_equal ? Comparison::kGreaterOrEqual : Comparison::kGreater);
  const auto trim = [](std::string_view part) {
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    return part;
  };
  const auto metric = trim(text.substr(0, at));
  if (metric == "min") {
    threshold.metric_ = Metric::kMin;
  } else if (metric == "mean") {
    threshold.metric_ = Metric::kMean;
  } else if (metric == "max") {
    threshold.metric_ = Metric::kMax;
  } else if (metric == "errors") {
    threshold.metric_ = Metric::kErrors;
  } else if (metric == "rate") {
    threshold.metric_ = Metric::kRate;
  } else {
    const auto percentile =
        metric.starts_with('p') ? units::parse_number(metric.substr(1)) : Result<double>(-1.0);
    if (!percentile || *percentile < 0 || *percentile > 100)
      return refused(
          text, fmt::format("'{}' is none of p50, p99.9, min, mean, max, errors, rate", metric));
    threshold.percentile_ = *percentile;
  }
  const auto bound = threshold.parse_bound(trim(text.substr(at + (or_equal ? 2 : 1))));
  if (!bound) return refused(text, bound.error().message);
  return threshold;
}

Result<void> Threshold::parse_bound(std::string_view text) {
  if (metric_ == Metric::kErrors) {
    const auto percent = units::parse_percent(text);
    if (!percent) return percent.error();
    // errors<1 could mean one error or one percent.
    if (!text.ends_with('%') && percent->value != 0)
      return invalid_input(fmt::format("'{}' needs a % sign", text));
    bound_ = percent->value;
  } else if (metric_ == Metric::kRate) {
    const auto rate = units::parse_rate(text);
    if (!rate) return rate.error();
    bound_ = rate->per_second;
  } else {
    const auto duration = units::parse_duration(text);
    if (!duration) return duration.error();
    bound_ = static_cast<double>(duration->count());
  }
  return {};
}

std::optional<double> Threshold::value(const Measured& measured) const {
  const auto ended = measured.completed + measured.failed;
  if (metric_ == Metric::kErrors) {
    if (ended == 0) return std::nullopt;
    return 100 * static_cast<double>(measured.failed + measured.server_errors) /
           static_cast<double>(ended);
  }
  if (metric_ == Metric::kRate) {
    if (ended == 0) return std::nullopt;
    return measured.rate;
  }
  const auto& latency = *measured.latency;
  if (latency.count() == 0) return std::nullopt;
  if (metric_ == Metric::kMean) return latency.mean();
  if (metric_ == Metric::kMin) return static_cast<double>(latency.min());
  if (metric_ == Metric::kMax) return static_cast<double>(latency.max());
  return static_cast<double>(latency.percentile(percentile_));
}

bool Threshold::holds(double value) const noexcept {
  switch (comparison_) {
    case Comparison::kLess:
      return value < bound_;
    case Comparison::kLessOrEqual:
      return value <= bound_;
    case Comparison::kGreater:
      return value > bound_;
    case Comparison::kGreaterOrEqual:
      return value >= bound_;
  }
  return false;
}

std::string Threshold::show(double value) const {
  if (metric_ == Metric::kErrors) return fmt::format("{:.3g}%", value);
  if (metric_ == Metric::kRate) return fmt::format("{:.1f}/s", value);
  return units::format_duration(units::Duration{static_cast<std::int64_t>(value)});
}

}  // namespace plimsoll::loadgen::plan

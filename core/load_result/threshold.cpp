#include "core/load_result/threshold.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/latency/v2.hpp"
#include "core/units/units.hpp"

namespace plimsoll::load_result {
namespace {

std::string_view trim(std::string_view part) {
  while (part.starts_with(' ')) part.remove_prefix(1);
  while (part.ends_with(' ')) part.remove_suffix(1);
  return part;
}

// The percentile that a result names: {99.9, its value}; nullopt where it has no such.
std::optional<double> named_percentile(const Summary& summary, double percentile) {
  const std::pair<double, std::int64_t> named[] = {
      {50, summary.p50}, {75, summary.p75},     {90, summary.p90},      {95, summary.p95},
      {99, summary.p99}, {99.9, summary.p99_9}, {99.99, summary.p99_99}};
  for (const auto& [percent, value] : named)
    if (percent == percentile) return static_cast<double>(value);
  return std::nullopt;
}

}  // namespace

Result<Threshold> Threshold::parse(std::string_view text) {
  const auto wrong = [text](std::string_view reason) {
    return invalid_input(fmt::format(
        "'{}' is not a threshold: {}; write it as p99<250ms, errors<0.1% or rate>=950/s", text,
        reason));
  };
  const auto at = text.find_first_of("<>=!");
  if (at == std::string_view::npos) return wrong("< or > is missing");
  Threshold threshold;
  if (const auto read = threshold.parse_metric(trim(text.substr(0, at))); !read)
    return wrong(read.error().message);
  if (const auto read = threshold.parse_bound(trim(text.substr(at))); !read)
    return wrong(read.error().message);
  threshold.text_ = text;
  return threshold;
}

Result<Threshold> Threshold::of(std::string_view metric, std::string_view bound) {
  Threshold threshold;
  if (const auto read = threshold.parse_metric(metric); !read) return read.error();
  if (const auto read = threshold.parse_bound(trim(bound)); !read) {
    const auto* example = threshold.is_latency()             ? "<250ms"
                          : threshold.kind_ == Kind::kErrors ? "<0.1%"
                                                             : ">=950/s";
    return invalid_input(fmt::format("'{}' is not a bound of {}: {}; write it as {}", bound, metric,
                                     read.error().message, example));
  }
  threshold.text_ = fmt::format("{} {}", metric, bound);
  return threshold;
}

Result<void> Threshold::parse_metric(std::string_view text) {
  metric_ = text;
  if (text == "min") {
    kind_ = Kind::kMin;
  } else if (text == "mean") {
    kind_ = Kind::kMean;
  } else if (text == "max") {
    kind_ = Kind::kMax;
  } else if (text == "errors") {
    kind_ = Kind::kErrors;
  } else if (text == "rate") {
    kind_ = Kind::kRate;
  } else {
    const auto percentile =
        text.starts_with('p') ? units::parse_number(text.substr(1)) : Result<double>(-1.0);
    if (!percentile || *percentile < 0 || *percentile > 100)
      return invalid_input(
          fmt::format("'{}' is none of p50, p99.9, min, mean, max, errors, rate", text));
    percentile_ = *percentile;
  }
  return {};
}

Result<void> Threshold::parse_bound(std::string_view text) {
  constexpr std::pair<std::string_view, Comparison> kOperators[] = {
      {">=", Comparison::kGreaterOrEqual}, {"<=", Comparison::kLessOrEqual},
      {"==", Comparison::kEqual},          {"!=", Comparison::kNotEqual},
      {">", Comparison::kGreater},         {"<", Comparison::kLess}};
  bound_ = text;
  for (const auto& [symbol, comparison] : kOperators) {
    if (!text.starts_with(symbol)) continue;
    comparison_ = comparison;
    text = trim(text.substr(symbol.size()));
    break;
  }
  if (kind_ == Kind::kErrors) {
    const auto percent = units::parse_percent(text);
    if (!percent) return percent.error();
    // errors<1 could mean one error or one percent.
    if (!text.ends_with('%') && percent->value != 0)
      return invalid_input(fmt::format("'{}' needs a % sign", text));
    limit_ = percent->value;
  } else if (kind_ == Kind::kRate) {
    const auto rate = units::parse_rate(text);
    if (!rate) return rate.error();
    limit_ = rate->per_second;
  } else {
    const auto duration = units::parse_duration(text);
    if (!duration) return duration.error();
    limit_ = static_cast<double>(duration->count());
  }
  return {};
}

std::optional<double> Threshold::value_of(std::uint64_t completed, std::uint64_t failed,
                                          std::uint64_t server_errors, double rate) const {
  const auto ended = completed + failed;
  if (ended == 0) return std::nullopt;
  if (kind_ == Kind::kRate) return rate;
  return 100 * static_cast<double>(failed + server_errors) / static_cast<double>(ended);
}

std::optional<double> Threshold::value(const Measured& measured) const {
  if (!is_latency())
    return value_of(measured.completed, measured.failed, measured.server_errors, measured.rate);
  const auto& latency = *measured.latency;
  if (latency.count() == 0) return std::nullopt;
  if (kind_ == Kind::kMean) return latency.mean();
  if (kind_ == Kind::kMin) return static_cast<double>(latency.min());
  if (kind_ == Kind::kMax) return static_cast<double>(latency.max());
  return static_cast<double>(latency.percentile(percentile_));
}

std::optional<double> Threshold::value(const LoadResult& result) const {
  const auto& totals = result.totals;
  if (!is_latency())
    return value_of(totals.requests.completed, totals.requests.failed, totals.server_errors(),
                    result.rate_achieved);
  const auto& latency = totals.latency;
  if (latency.count == 0) return std::nullopt;
  if (kind_ == Kind::kMean) return static_cast<double>(latency.mean);
  if (kind_ == Kind::kMin) return static_cast<double>(latency.min);
  if (kind_ == Kind::kMax) return static_cast<double>(latency.max);
  if (const auto named = named_percentile(latency, percentile_)) return named;
  if (result.latency_histogram.empty()) return std::nullopt;
  const auto histogram = latency::decode_v2_base64(result.latency_histogram);
  if (!histogram) return std::nullopt;
  return static_cast<double>(std::min(histogram->percentile(percentile_), latency.max));
}

bool Threshold::holds(double value) const noexcept {
  switch (comparison_) {
    case Comparison::kLess:
      return value < limit_;
    case Comparison::kLessOrEqual:
      return value <= limit_;
    case Comparison::kGreater:
      return value > limit_;
    case Comparison::kGreaterOrEqual:
      return value >= limit_;
    case Comparison::kEqual:
      return value == limit_;
    case Comparison::kNotEqual:
      return value != limit_;
  }
  return false;
}

std::string Threshold::show(double value) const {
  if (kind_ == Kind::kErrors) return fmt::format("{:.3g}%", value);
  if (kind_ == Kind::kRate) return fmt::format("{:.1f}/s", value);
  return units::format_duration(units::Duration{static_cast<std::int64_t>(value)});
}

}  // namespace plimsoll::load_result

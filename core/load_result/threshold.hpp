// One figure of a load, and a bound that it must keep: p99<250ms, mean<=80ms, errors<0.1%,
// rate>=950/s. loadgen's --threshold and --abort-on, and the load claims of scenario files.
// Percentiles, min, mean and max are of the latency from the planned send, in ns; errors is the
// share of failed requests and 5xx answers among all that ended, in percent; rate is completed
// requests per second. Errors (invalid input) quote the text. Thread-safety: values, pure
// functions.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "core/load_result/load_result.hpp"

namespace plimsoll::load_result {

// Those that every load result has. Other percentiles (p99.5) come from its histogram.
inline constexpr std::array<const char*, 12> kMetrics = {
    "p50", "p75", "p90", "p95", "p99", "p99.9", "p99.99", "min", "mean", "max", "errors", "rate"};

// A load that still runs, or has just ended.
struct Measured {
  const latency::Histogram* latency = nullptr;
  std::uint64_t completed = 0;
  std::uint64_t failed = 0;
  std::uint64_t server_errors = 0;  // 5xx, part of completed
  double rate = 0;                  // completed per second
};

class Threshold {
  enum class Kind { kPercentile, kMin, kMean, kMax, kErrors, kRate };
  enum class Comparison { kLess, kLessOrEqual, kGreater, kGreaterOrEqual, kEqual, kNotEqual };

 public:
  // "p99<250ms"
  [[nodiscard]] static Result<Threshold> parse(std::string_view text);
  // The same in two texts: "p99" and "<250ms". A bound alone stands for ==.
  [[nodiscard]] static Result<Threshold> of(std::string_view metric, std::string_view bound);

  [[nodiscard]] const std::string& text() const noexcept { return text_; }      // as written
  [[nodiscard]] const std::string& metric() const noexcept { return metric_; }  // "p99"
  [[nodiscard]] const std::string& bound() const noexcept { return bound_; }    // "<250ms"

  // One in ns; the others are errors and rate.
  [[nodiscard]] bool is_latency() const noexcept {
    return kind_ != Kind::kErrors && kind_ != Kind::kRate;
  }
  // In the unit of the bound; nullopt where there is no data. Of a load result: a percentile that
  // it neither names nor has a histogram for is no data.
  [[nodiscard]] std::optional<double> value(const Measured& measured) const;
  [[nodiscard]] std::optional<double> value(const LoadResult& result) const;
  [[nodiscard]] bool holds(double value) const noexcept;
  // For people: "231ms", "0.04%", "998.0/s".
  [[nodiscard]] std::string show(double value) const;

 private:
  [[nodiscard]] Result<void> parse_metric(std::string_view text);
  [[nodiscard]] Result<void> parse_bound(std::string_view text);
  // nullopt where the value is one of the latency.
  [[nodiscard]] std::optional<double> value_of(std::uint64_t completed, std::uint64_t failed,
                                               std::uint64_t server_errors, double rate) const;

  std::string text_, metric_, bound_;
  Kind kind_ = Kind::kPercentile;
  double percentile_ = 0;
  Comparison comparison_ = Comparison::kEqual;
  double limit_ = 0;
};

}  // namespace plimsoll::load_result

// Expressions that a run must satisfy (--threshold) or that end it (--abort-on): p99<250ms,
// mean<=80ms, errors<0.1%, rate>=950/s. Percentiles, min, mean and max are of the latency from the
// planned send; errors is the share of failed requests and 5xx answers among all that ended; rate
// is completed requests per second. Errors: exit code 2. Thread-safety: values, pure functions.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/latency/histogram.hpp"
#include "core/result/result.hpp"

namespace plimsoll::loadgen::plan {

struct Measured {
  const latency::Histogram* latency = nullptr;
  std::uint64_t completed = 0;
  std::uint64_t failed = 0;
  std::uint64_t server_errors = 0;  // 5xx, part of completed
  double rate = 0;                  // completed per second
};

class Threshold {
 public:
  [[nodiscard]] static Result<Threshold> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  // The measured value in the unit of the bound (ns, percent, 1/s); nullopt when there is no data.
  [[nodiscard]] std::optional<double> value(const Measured& measured) const;
  [[nodiscard]] bool holds(double value) const noexcept;
  // For people: "231ms", "0.04%", "998/s".
  [[nodiscard]] std::string show(double value) const;

 private:
  enum class Metric { kPercentile, kMin, kMean, kMax, kErrors, kRate };
  enum class Comparison { kLess, kLessOrEqual, kGreater, kGreaterOrEqual };
  [[nodiscard]] Result<void> parse_bound(std::string_view text);

  std::string text_;
  Metric metric_ = Metric::kPercentile;
  double percentile_ = 0;
  Comparison comparison_ = Comparison::kLess;
  double bound_ = 0;
};

}  // namespace plimsoll::loadgen::plan

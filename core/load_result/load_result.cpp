#include "core/load_result/load_result.hpp"

#include <cmath>

namespace plimsoll::load_result {

Summary summary_of(const latency::Histogram& histogram) {
  return {histogram.count(),
          histogram.min(),
          std::llround(histogram.mean()),
          std::llround(histogram.stddev()),
          histogram.percentile(50),
          histogram.percentile(75),
          histogram.percentile(90),
          histogram.percentile(95),
          histogram.percentile(99),
          histogram.percentile(99.9),
          histogram.percentile(99.99),
          histogram.max()};
}

std::uint64_t Statistics::server_errors() const {
  std::uint64_t count = 0;
  for (const auto& [code, times] : status)
    if (code.starts_with('5')) count += times;
  return count;
}

}  // namespace plimsoll::load_result

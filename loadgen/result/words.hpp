// The words and figures that the text report and the HTML report share, so that they agree.
// Thread-safety: pure functions.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/plan/plan.hpp"
#include "loadgen/result/result.hpp"

namespace plimsoll::loadgen::result {

// "20.4ms"; "-" for what nothing was measured of (empty is true).
[[nodiscard]] std::string shown_ns(std::int64_t ns, bool empty = false);
[[nodiscard]] std::string shown_seconds(double seconds);

[[nodiscard]] std::string shown_percentile(const latency::Histogram& histogram, double percent);

// "GET http://h/", "a mix of 3 requests to http://h/"
[[nodiscard]] std::string subject_of(const plan::Plan& plan);
// "open loop, 200/s, constant arrivals"
[[nodiscard]] std::string loop_of(const plan::Plan& plan);

// "dns" -> "the name has no address"
[[nodiscard]] std::string_view meaning(net::ErrorKind kind) noexcept;

// min, mean, stddev, p50 ... max of one histogram, as rows of a table.
struct Figure {
  std::string_view name;
  std::string shown;
};
[[nodiscard]] std::vector<Figure> figures_of(const latency::Histogram& histogram);

}  // namespace plimsoll::loadgen::result

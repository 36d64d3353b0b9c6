// The charts of the HTML report: latency by percentile, and the run second by second.
// Thread-safety: pure functions.
#pragma once
#include <string>
#include <vector>

#include "loadgen/result/result.hpp"
#include "reports/page/plot.hpp"

namespace plimsoll::loadgen::result {

// Latency, service time and send lag by percentile. Both axes are logarithmic: each nine of the
// percentile gets the same width; of the times, the upper three decades are drawn. Empty where
// nothing was measured.
[[nodiscard]] std::string percentile_chart(const stats::PhaseStatistics& totals);

// Rates and latencies of each second, phases as shade. A run of more than kMostPoints seconds is
// drawn in equal groups of them: mean rates, highest latencies. Empty without a series.
[[nodiscard]] std::string series_charts(const RunResult& result);
inline constexpr std::size_t kMostPoints = 1000;

// For tests. A histogram's percentiles as a stepped line: what part of nines, what part of the way
// from low to high, which are powers of ten of nanoseconds. What is outside lies at the edge.
struct Decades {
  double low = 0;
  double high = 1;
  [[nodiscard]] double place(std::int64_t ns) const noexcept;
};
[[nodiscard]] reports::page::PlotLine percentile_line(const latency::Histogram& histogram,
                                                      double nines, const Decades& decades);
// The series in groups, at most kMostPoints of them; rates are per second.
struct Group {
  double start_s = 0;
  double sent = 0, completed = 0, failed = 0;
  double p50_s = 0, p99_s = 0;  // not a number where nothing was completed
};
[[nodiscard]] std::vector<Group> grouped(const std::vector<SeriesPoint>& series);

}  // namespace plimsoll::loadgen::result

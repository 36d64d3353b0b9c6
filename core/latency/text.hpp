// Text formats of the HdrHistogram family: .hgrm percentile distribution (for the plotters) and the
// interval log, version 1.3. Values are shown in milliseconds. Thread-safety: pure functions.
// Source: hdr_percentiles_print (HdrHistogram_c) and HistogramLogWriter (HdrHistogram, Java).
#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "core/latency/histogram.hpp"

namespace plimsoll::latency {

// The whole .hgrm file. ticks: rows per halving of the distance to 100 %.
[[nodiscard]] std::string hgrm(const Histogram& histogram, int ticks_per_half_distance = 5);

struct LogInterval {
  std::string tag;           // no comma, space or newline; empty for none
  double start_seconds = 0;  // since the start of the run
  double length_seconds = 0;
  std::int64_t max = 0;  // ns
  std::string encoded;   // encode_v2_base64
};

// The log line by line, for one that is written as it comes.
[[nodiscard]] std::string interval_log_head(std::chrono::system_clock::time_point started);
[[nodiscard]] std::string interval_log_line(const LogInterval& interval);

// The whole log. started: wall clock at the start of the run.
[[nodiscard]] std::string interval_log(std::chrono::system_clock::time_point started,
                                       const std::vector<LogInterval>& intervals);

}  // namespace plimsoll::latency

#include "core/latency/text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <limits>

namespace plimsoll::latency {
namespace {

constexpr double kNanosecondsPerMillisecond = 1e6;

double milliseconds(std::int64_t value) {
  return static_cast<double>(value) / kNanosecondsPerMillisecond;
}

void put_row(std::string& out, std::int64_t value, double percentile, std::int64_t total) {
  const double remaining = 1 - percentile / 100;
  const double inverse = remaining > 0 ? 1 / remaining : std::numeric_limits<double>::infinity();
  fmt::format_to(std::back_inserter(out), "{:12.{}f} {:12f} {:12d} {:>12.2f}\n",
                 milliseconds(value), Histogram::kSignificantDigits, percentile / 100, total,
                 inverse);
}

}  // namespace

std::string hgrm(const Histogram& histogram, int ticks_per_half_distance) {
  std::string out = fmt::format("{:>12} {:>12} {:>12} {:>12}\n\n", "Value", "Percentile",
                                "TotalCount", "1/(1-Percentile)");
  const auto counts = histogram.used_counts();
  const auto total = static_cast<double>(histogram.count());
  std::int64_t seen = 0;
  double next = 0;
  for (std::size_t i = 0; i < counts.size() && histogram.count() > 0; ++i) {
    if (counts[i] == 0) continue;
    seen += counts[i];
    const double reached = 100 * static_cast<double>(seen) / total;
    while (next <= reached && next < 100) {
      put_row(out, Histogram::highest_of(i), next, seen);
      if (seen == histogram.count()) break;
      const double halvings = std::floor(std::log2(100 / (100 - next))) + 1;
      next += 100 / (ticks_per_half_distance * std::exp2(halvings));
    }
  }
  if (histogram.count() > 0)
    put_row(out, Histogram::highest_of(counts.size() - 1), 100, histogram.count());
  fmt::format_to(std::back_inserter(out),
                 "#[Mean    = {:12.3f}, StdDeviation   = {:12.3f}]\n"
                 "#[Max     = {:12.3f}, Total count    = {:12d}]\n"
                 "#[Buckets = {:12d}, SubBuckets     = {:12d}]\n",
                 histogram.mean() / kNanosecondsPerMillisecond,
                 histogram.stddev() / kNanosecondsPerMillisecond, milliseconds(histogram.max()),
                 histogram.count(), Histogram::kBucketCount, Histogram::kSubBucketCount);
  return out;
}

std::string interval_log_head(std::chrono::system_clock::time_point started) {
  const double epoch = std::chrono::duration<double>(started.time_since_epoch()).count();
  const auto whole = std::chrono::system_clock::to_time_t(started);
  return fmt::format(
      "#[Histogram log format version 1.3]\n"
      "#[StartTime: {:.3f} (seconds since epoch), {:%Y-%m-%dT%H:%M:%SZ}]\n"
      "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n",
      epoch, fmt::gmtime(whole));
}

std::string interval_log_line(const LogInterval& interval) {
  return fmt::format("{}{:.3f},{:.3f},{:.3f},{}\n",
                     interval.tag.empty() ? "" : fmt::format("Tag={},", interval.tag),
                     interval.start_seconds, interval.length_seconds, milliseconds(interval.max),
                     interval.encoded);
}

std::string interval_log(std::chrono::system_clock::time_point started,
                         const std::vector<LogInterval>& intervals) {
  auto out = interval_log_head(started);
  for (const auto& interval : intervals) out += interval_log_line(interval);
  return out;
}

}  // namespace plimsoll::latency

// Watches a run from the main thread: collects the threads' intervals into the series, says how it
// goes, and tells when an abort rule is met. Thread-safety: none.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "loadgen/plan/plan.hpp"
#include "loadgen/result/result.hpp"
#include "loadgen/stats/phase_statistics.hpp"

namespace plimsoll::loadgen::run {

class Monitor {
 public:
  // Told each second that is over, and its latencies; may be empty.
  using OnSecond = std::function<void(std::int64_t, const latency::Histogram&)>;

  Monitor(const plan::Plan& plan, OnSecond on_second);

  void add(const stats::Interval& interval);
  // Moves the seconds that every thread has reported (or all of them) into the series.
  void advance(bool all);

  // "12s  998/s  p50 1.23ms  p99 4.56ms  failed 0  in flight 3  queued 0", of the last second;
  // empty during the first one.
  [[nodiscard]] std::string progress() const;
  // The text of the first rule that the run so far meets, warm-up left out; empty if none does, or
  // before --abort-grace is over (what came in until then counts afterwards).
  [[nodiscard]] std::string met_abort_rule() const;
  [[nodiscard]] std::vector<result::SeriesPoint> take_series() { return std::move(series_); }

 private:
  struct Second {
    stats::Counts counts;
    std::uint64_t in_flight = 0;
    std::uint64_t queued = 0;
    std::uint64_t reports = 0;
    latency::Histogram latency;
  };

  const plan::Plan& plan_;
  const OnSecond on_second_;
  std::map<std::int64_t, Second> pending_;
  std::vector<result::SeriesPoint> series_;
  std::uint64_t in_flight_ = 0;
  std::uint64_t queued_ = 0;
  stats::Counts so_far_;
  latency::Histogram latency_so_far_;
  double measured_seconds_ = 0;
};

}  // namespace plimsoll::loadgen::run

// Watches a run from the main thread: collects what the threads report each second into the series,
// says how it goes, and tells when an abort rule is met. Thread-safety: none.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "loadgen/plan/plan.hpp"
#include "loadgen/result/result.hpp"
#include "loadgen/stats/second_report.hpp"

namespace plimsoll::loadgen::run {

class Monitor {
 public:
  // Told each second that is over, and its latencies; may be empty.
  using OnSecond = std::function<void(std::int64_t, const latency::Histogram&)>;

  Monitor(const plan::Plan& plan, OnSecond on_second);

  // thread: 0 .. plan.threads - 1.
  void add(std::size_t thread, stats::SecondReport report);
  // Moves the seconds that every thread has reported (or all of them) into the series.
  void advance(bool all);

  // "12s  998/s  p50 1.23ms  p99 4.56ms  failed 0  in flight 3  queued 0", of the last second;
  // empty during the first one.
  [[nodiscard]] std::string progress() const;
  // The text of the first rule that the run so far meets, warm-up left out; empty if none does, or
  // before --abort-grace is over (what came in until then counts afterwards).
  [[nodiscard]] std::string met_abort_rule() const;
  // Everything up to each thread's last report, if threads were asked for snapshots.
  [[nodiscard]] stats::Snapshot so_far() const;
  [[nodiscard]] std::vector<result::SeriesPoint> take_series() { return std::move(series_); }

 private:
  struct Second {
    stats::Counts counts;
    std::uint64_t in_flight = 0;
    std::uint64_t pending = 0;
    std::uint64_t reports = 0;
    latency::Histogram latency;
  };

  const plan::Plan& plan_;
  const OnSecond on_second_;
  std::map<std::int64_t, Second> unfinished_;                      // not reported by all threads
  std::vector<std::unique_ptr<const stats::Snapshot>> snapshots_;  // the last one of each thread
  std::vector<result::SeriesPoint> series_;
  std::uint64_t in_flight_ = 0;
  std::uint64_t pending_ = 0;
  stats::Counts measured_;
  latency::Histogram measured_latency_;
  double measured_seconds_ = 0;
};

}  // namespace plimsoll::loadgen::run

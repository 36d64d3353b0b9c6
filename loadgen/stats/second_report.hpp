// What a thread reports once a second: the one channel from the threads of a run to the main
// thread. The series, the progress line, the interval log, the abort rules and the metrics endpoint
// all read it. Times are nanoseconds. Thread-safety: SecondReports is safe.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "loadgen/stats/phase_statistics.hpp"
#include "loadgen/stats/snapshot.hpp"

namespace plimsoll::loadgen::stats {

// One second (or what was left of it) of one thread.
struct SecondReport {
  std::int64_t second = 0;      // from the start of the run
  Counts counts;                // of this second alone
  std::uint64_t in_flight = 0;  // requests that a connection has, at the end of the second
  std::uint64_t pending = 0;    // requests that are due and have no connection
  std::string latency;          // of this second alone: latency::encode_counts
  std::unique_ptr<const Snapshot> so_far;  // everything since the start; null unless asked for
};

// Where a thread leaves its reports for the main thread; touched once a second.
class SecondReports {
 public:
  // From now on reports come with so_far, which takes a walk over all histograms.
  void ask_for_snapshots() noexcept { with_snapshot_ = true; }
  [[nodiscard]] bool with_snapshot() const noexcept { return with_snapshot_; }
  void put(SecondReport report);
  [[nodiscard]] std::vector<SecondReport> take();

 private:
  std::atomic<bool> with_snapshot_{false};
  std::mutex mutex_;
  std::vector<SecondReport> reports_;
};

}  // namespace plimsoll::loadgen::stats

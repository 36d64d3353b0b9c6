// The statistics of one thread: every request is counted with its phase and, in a mix, with its
// entry. Times are nanoseconds. Thread-safety: none, but for reports(); results of several threads
// are merged after the threads have ended.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/latency/histogram.hpp"
#include "loadgen/net/error_kind.hpp"
#include "loadgen/stats/phase_statistics.hpp"
#include "loadgen/stats/pods.hpp"
#include "loadgen/stats/second_report.hpp"

namespace plimsoll::loadgen::stats {

// What a request counts for.
struct RequestKey {
  std::uint32_t phase = 0;
  std::uint32_t entry = 0;  // of the mix
};

struct ThreadResult {
  std::vector<PhaseStatistics> phases;  // as in Plan::phases
  std::vector<PhaseStatistics> mix;     // as in Mix::entries, warm-up left out; empty without --mix
  ConnectionCounts connections;
  Endpoints endpoints;
  PodCounts pods;  // completed, warm-up included

  // Adds what another thread of the same run has counted.
  void merge(const ThreadResult& other);
};

class ThreadStatistics {
 public:
  struct Response {
    unsigned status;
    std::int64_t latency;       // from the planned send
    std::int64_t service_time;  // from the actual send
    std::int64_t end;           // from the start of the run
  };

  // warmup: for each phase, whether it is left out of the mix's statistics. mix_entries: 0 without
  // --mix.
  ThreadStatistics(std::vector<bool> warmup, std::size_t mix_entries);

  // lag: how late the thread was when it found that the request was due.
  void scheduled(RequestKey key, std::int64_t lag);
  // lag: from the planned to the actual send.
  void sent(RequestKey key, std::int64_t lag);
  void dropped(RequestKey key);
  void retried(RequestKey key);
  void completed(RequestKey key, const Response& response);
  // latency: from the planned send to the failure.
  void failed(RequestKey key, const net::Failure& failure, std::int64_t latency);
  void transferred(RequestKey key, std::uint64_t bytes_sent, std::uint64_t bytes_received);

  [[nodiscard]] ConnectionCounts& connections() noexcept { return result_.connections; }
  [[nodiscard]] EndpointCounts& endpoint(const std::string& name) {
    return result_.endpoints[name];
  }
  [[nodiscard]] PodCounts& pods() noexcept { return result_.pods; }

  // Reports what was counted since the last report.
  void report(std::int64_t second, std::uint64_t in_flight, std::uint64_t pending);
  [[nodiscard]] SecondReports& reports() noexcept { return reports_; }
  [[nodiscard]] ThreadResult take_result() { return std::move(result_); }

 private:
  template <typename Count>
  void for_each(RequestKey key, Count count) {
    count(result_.phases[key.phase]);
    if (!result_.mix.empty() && !warmup_[key.phase]) count(result_.mix[key.entry]);
  }

  const std::vector<bool> warmup_;
  ThreadResult result_;
  latency::Histogram second_latency_;
  Counts reported_;
  SecondReports reports_;
};

}  // namespace plimsoll::loadgen::stats

// What one thread counts in one phase of a run. Times are nanoseconds. Invariants,
// per phase and in the totals: scheduled = sent + dropped; sent = completed + failed + unfinished;
// latency and service_time hold one value per completed request, send_lag one per request that was
// sent, schedule_lag one per scheduled request, failed_latency one per failed request.
// Thread-safety: none; one per thread, merged after the threads have ended.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "core/latency/histogram.hpp"
#include "loadgen/net/error_kind.hpp"

namespace plimsoll::loadgen::stats {

struct Counts {
  std::uint64_t scheduled = 0;
  std::uint64_t sent = 0;
  std::uint64_t completed = 0;
  std::uint64_t failed = 0;
  std::uint64_t dropped = 0;
  std::uint64_t server_errors = 0;  // 5xx, part of completed
  std::uint64_t stale_retries = 0;  // sent again because a kept connection was closed; not in sent
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;

  [[nodiscard]] std::uint64_t unfinished() const noexcept { return sent - completed - failed; }
  void add(const Counts& other) noexcept;
};

struct PhaseStatistics {
  Counts counts;
  std::array<std::uint64_t, 1000> status{};
  std::array<std::uint64_t, net::kErrorKinds> errors{};
  // Of the first error of each kind that has any, in words.
  std::array<std::string, net::kErrorKinds> error_details;
  latency::Histogram latency;         // planned send -> whole response
  latency::Histogram service_time;    // actual send -> whole response
  latency::Histogram send_lag;        // planned -> actual send
  latency::Histogram schedule_lag;    // planned -> picked up by the thread
  latency::Histogram failed_latency;  // planned send -> failure
  std::int64_t last_end = 0;          // of the last completed request, from the start of the run

  void merge(const PhaseStatistics& other);
  void keep_detail(std::size_t kind, const std::string& detail);
};

struct ConnectionCounts {
  std::uint64_t opened = 0;
  std::uint64_t failed = 0;          // attempts to open
  std::uint64_t closed_by_peer = 0;  // while no request was in flight
  std::uint64_t recycled = 0;        // by --connection-requests or --connection-age
  std::uint64_t unasked = 0;         // closed because the peer sent what nobody asked for
  void add(const ConnectionCounts& other) noexcept;
};

struct EndpointCounts {
  std::uint64_t connections = 0;
  std::uint64_t requests = 0;  // completed, warm-up included
};
using Endpoints = std::map<std::string, EndpointCounts>;  // by address and port

}  // namespace plimsoll::loadgen::stats

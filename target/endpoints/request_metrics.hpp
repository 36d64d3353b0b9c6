// Requests by endpoint and code, their duration by endpoint, and how many are being answered.
// Thread-safety: safe; no lock but at the first request with a new pair of endpoint and code.
#pragma once
#include <array>
#include <atomic>

#include "core/metrics/registry.hpp"
#include "target/endpoints/routes.hpp"

namespace plimsoll::target::endpoints {

class RequestMetrics {
 public:
  explicit RequestMetrics(metrics::Registry& registry);

  void started() noexcept { in_flight_.add(1); }
  void finished() noexcept { in_flight_.add(-1); }
  // status: 100 to 599.
  void answered(Endpoint endpoint, unsigned status, std::chrono::nanoseconds duration);

 private:
  metrics::Counter& counter_of(Endpoint endpoint, unsigned status);

  static constexpr std::size_t kStatuses = 600;

  metrics::Registry& registry_;
  metrics::Gauge& in_flight_;
  std::array<metrics::Histogram*, kEndpoints> durations_{};
  std::array<std::array<std::atomic<metrics::Counter*>, kStatuses>, kEndpoints> counters_{};
};

}  // namespace plimsoll::target::endpoints

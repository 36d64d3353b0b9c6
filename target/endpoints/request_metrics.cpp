#include "target/endpoints/request_metrics.hpp"

#include <string>

namespace plimsoll::target::endpoints {
namespace {

using namespace std::chrono_literals;

const std::vector<std::chrono::nanoseconds> kBounds{100us, 250us,  500us, 1ms,   2500us, 5ms,
                                                    10ms,  25ms,   50ms,  100ms, 250ms,  500ms,
                                                    1s,    2500ms, 5s,    10s};

}  // namespace

RequestMetrics::RequestMetrics(metrics::Registry& registry)
    : registry_{registry},
      in_flight_{registry.gauge("http_requests_in_flight", "Requests being answered.")} {
  for (std::size_t i = 0; i < kEndpoints; ++i) {
    const auto& route = route_of(static_cast<Endpoint>(i));
    if (!route.observed) continue;
    durations_[i] = &registry.histogram("http_request_duration_seconds",
                                        "From the whole request to its answer, by endpoint.",
                                        {{"endpoint", std::string{route.label}}}, kBounds);
  }
}

void RequestMetrics::answered(Endpoint endpoint, unsigned status,
                              std::chrono::nanoseconds duration) {
  const auto index = static_cast<std::size_t>(endpoint);
  if (durations_[index] == nullptr) return;
  durations_[index]->observe(duration);
  auto* counter = counters_[index][status].load(std::memory_order_acquire);
  (counter != nullptr ? *counter : counter_of(endpoint, status)).add();
}

metrics::Counter& RequestMetrics::counter_of(Endpoint endpoint, unsigned status) {
  auto& counter = registry_.counter(
      "http_requests_total", "Requests answered, by endpoint and code.",
      {{"endpoint", std::string{route_of(endpoint).label}}, {"code", std::to_string(status)}});
  counters_[static_cast<std::size_t>(endpoint)][status].store(&counter, std::memory_order_release);
  return counter;
}

}  // namespace plimsoll::target::endpoints

// What Prometheus and the receiver answer, as observations. Errors (exit code 4): the answer has
// another shape, or says that it failed. Thread-safety: pure functions.
// Source: https://prometheus.io/docs/prometheus/latest/querying/api/
#pragma once
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/result/result.hpp"
#include "scenarios/engine/log/observation.hpp"

namespace plimsoll::engine::prometheus {

inline constexpr const char* kRunLabel = "plimsoll_run";  // on every alerting rule of a run

// /api/v1/rules?type=alert. Kept: the run's own rules and those named; of their alerts those of
// the namespace, and those that carry no namespace.
[[nodiscard]] Result<log::AlertsObservation> view_rules(const nlohmann::json& answer,
                                                        const std::string& run,
                                                        const std::string& in_namespace,
                                                        const std::set<std::string>& named);

// /api/v1/query: a vector or a scalar.
[[nodiscard]] Result<log::PromqlObservation> view_query(const nlohmann::json& answer,
                                                        const std::string& expr);

struct Delivered {
  std::string instance;  // of the receiver: a new one has forgotten the old deliveries
  log::DeliveryObservation delivery;
};
// /deliveries: JSON lines.
[[nodiscard]] Result<std::vector<Delivered>> view_deliveries(std::string_view lines);

// Whether a notification can be about this run: one of its alerts has the namespace, or none.
[[nodiscard]] bool concerns(const log::DeliveryObservation& delivery,
                            const std::string& in_namespace);

}  // namespace plimsoll::engine::prometheus

// Which alerts a scenario's own rules define. Errors: see below. Thread-safety: reads a file, no
// shared state. Source: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/.
#pragma once
#include <string>
#include <vector>

#include "core/result/result.hpp"

namespace plimsoll::engine::parse {

// Names of the alerts that a file of Prometheus rules (or a PrometheusRule object) defines.
// Error: exit code 2 or 4, with the file's name.
[[nodiscard]] Result<std::vector<std::string>> alerts_defined_in(const std::string& path);

}  // namespace plimsoll::engine::parse

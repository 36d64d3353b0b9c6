// Where things are in the Kubernetes API: paths of groups, of workloads, of services behind the API
// server's proxy. Thread-safety: pure functions.
// Source: https://kubernetes.io/docs/reference/using-api/api-concepts/
#pragma once
#include <string>
#include <string_view>

#include "scenarios/engine/model/model.hpp"

namespace plimsoll::engine::kube {

// "v1" -> "/api/v1", "apps/v1" -> "/apis/apps/v1".
[[nodiscard]] std::string group_path(const std::string& api_version);
// The path under which the API server passes requests on to a Service; no trailing slash.
[[nodiscard]] std::string proxy_path(const model::ServiceAddress& service);
// "monitoring/prometheus:9090", as a scenario names it.
[[nodiscard]] std::string to_string(const model::ServiceAddress& service);
// For a URL's query: every byte but letters, digits and -_.~ as %XX.
[[nodiscard]] std::string percent_encode(std::string_view text);

}  // namespace plimsoll::engine::kube

// What helps to understand a run that did not pass, taken before cleanup: events, the state of
// pods, workloads and HPAs, the last lines of each container. Into OUT/diagnostics. Errors: what
// could not be had is a line in diagnostics/README.txt. Thread-safety: one executor.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <string>

#include "scenarios/engine/kube/cluster_api.hpp"

namespace plimsoll::engine::run {

[[nodiscard]] boost::asio::awaitable<void> collect_diagnostics(kube::ClusterApi* cluster,
                                                               std::string in_namespace,
                                                               std::string out);

}  // namespace plimsoll::engine::run

// What helps to understand a run that did not pass, taken before cleanup: events, the state of
// pods, workloads and HPAs, the last lines of each container. Into OUT/diagnostics. Errors: what
// could not be had is a line in diagnostics/README.txt. Thread-safety: one executor.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <string>

#include "scenarios/engine/runtime/kube.hpp"

namespace plimsoll::runtime {

[[nodiscard]] boost::asio::awaitable<void> collect_diagnostics(Kube* kube, std::string in_namespace,
                                                               std::string out);

}  // namespace plimsoll::runtime

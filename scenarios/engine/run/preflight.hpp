// Looks, before anything is made, whether a run can work: cluster, permissions, metrics API,
// Prometheus, Alertmanager, receiver. Errors: exit code 4, one line that says which is missing and
// what to do. Thread-safety: one executor.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "core/result/result.hpp"
#include "scenarios/engine/kube/cluster_api.hpp"
#include "scenarios/engine/kube/manifests.hpp"
#include "scenarios/engine/model/model.hpp"

namespace plimsoll::engine::run {

// What a scenario needs of its surroundings.
struct Needs {
  std::string in_namespace;
  bool own_namespace = true;
  std::vector<kube::Access> access;
  bool metrics = false;  // an HPA scales by the metrics API
  bool prometheus = false, alertmanager = false, receiver = false;
  model::Monitoring monitoring;
};

[[nodiscard]] Needs needs_of(const model::Scenario& scenario, const kube::Manifests& manifests,
                             const std::string& in_namespace, bool own_namespace);

[[nodiscard]] boost::asio::awaitable<Result<void>> preflight(kube::ClusterApi& cluster,
                                                             Needs needs);

// "create pods/exec in namespace x", as an administrator would say it.
[[nodiscard]] std::string to_string(const kube::Access& access);

}  // namespace plimsoll::engine::run

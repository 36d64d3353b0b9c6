// What the API server's JSON says, as observations. Missing fields become empty or zero; nothing
// here fails. Source: https://kubernetes.io/docs/reference/kubernetes-api/ (v1, apps/v1,
// autoscaling/v2). Thread-safety: pure functions.
#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "scenarios/engine/log/observation.hpp"
#include "scenarios/engine/model/model.hpp"

namespace plimsoll::engine::kube {

[[nodiscard]] log::PodObservation view_pod(const nlohmann::json& pod);
[[nodiscard]] log::HpaObservation view_hpa(const nlohmann::json& hpa);
// A Deployment, StatefulSet or DaemonSet.
[[nodiscard]] log::WorkloadObservation view_workload(model::WorkloadKind kind,
                                                     const nlohmann::json& object);
[[nodiscard]] log::EventObservation view_event(const nlohmann::json& event);

// A metav1.LabelSelector, such as {matchLabels: {app: target}}, against a pod's labels. A selector
// without terms matches nothing here: no workload has one.
[[nodiscard]] bool selects(const nlohmann::json& selector, const nlohmann::json& labels);

// "deployment/target"
[[nodiscard]] std::string workload_name(const model::Workload& workload);
// "deployments"
[[nodiscard]] std::string workload_plural(model::WorkloadKind kind);

// Why a pod is not ready, for people; empty where nothing is wrong:
// "pod target-1: container target waiting: ImagePullBackOff: ..."
[[nodiscard]] std::string trouble_of(const nlohmann::json& pod);

}  // namespace plimsoll::engine::kube

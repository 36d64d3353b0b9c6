// Manifests of a scenario's target: files, folders and kustomizations become JSON objects, made
// this run's own (label, namespace, image prefix). Errors: exit code 2 where a manifest is wrong
// (file:line:column), exit code 4 where kubectl kustomize cannot be run. Thread-safety: values.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/result/result.hpp"
#include "scenarios/engine/kube/kubectl.hpp"

namespace plimsoll::engine::kube {

inline constexpr const char* kRunIdLabel = "plimsoll.dev/run";
inline constexpr const char* kManagedByLabel = "app.kubernetes.io/managed-by";
inline constexpr const char* kDefaultImagePrefix = "docker.io/plimsoll";

using Manifests = std::vector<nlohmann::json>;

// Reads paths in order; a folder with a kustomization goes through `kubectl kustomize`, another
// gives its *.yaml, *.yml and *.json by name. Namespaces are left out: a run has its own.
[[nodiscard]] boost::asio::awaitable<Result<Manifests>> load_manifests(
    boost::asio::any_io_executor executor, Kubectl kubectl, std::vector<std::string> paths);

// Makes an object this run's: the run label on it and on its pod template, and images that start
// with docker.io/plimsoll/ taken from image_prefix.
void claim_object(nlohmann::json& object, const std::string& run, const std::string& image_prefix);

// What others need comes first (accounts, configuration), then workloads, then autoscalers.
void sort_for_apply(Manifests& manifests);

// "deployment/target"
[[nodiscard]] std::string object_title(const nlohmann::json& object);

}  // namespace plimsoll::engine::kube

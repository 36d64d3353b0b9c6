#include "scenarios/engine/log/pods.hpp"

#include <algorithm>

namespace plimsoll::engine::log {

bool Pods::update(const Observation& observation) {
  if (const auto* pod = std::get_if<PodObservation>(&observation.what)) {
    record(*pod, observation.t);
    return true;
  }
  const auto* list = std::get_if<PodsObservation>(&observation.what);
  if (list == nullptr) return false;
  listed_ = true;
  const std::set<std::string> names(list->names.begin(), list->names.end());
  std::erase_if(present_, [&](const auto& entry) { return !names.contains(entry.first); });
  return true;
}

void Pods::record(const PodObservation& pod, double t) {
  const bool before_start = !run_start_ || t <= *run_start_;
  const bool is_new = !all_.contains(pod.uid);
  for (const auto& container : pod.containers) {
    const auto key = pod.uid + "/" + container.name;
    // A pod that a whole list did not have yet is new: all its restarts are in the run.
    const int fresh = listed_ && !before_start ? 0 : container.restarts;
    if (before_start)
      baseline_[key] = container.restarts;
    else if (is_new || !baseline_.contains(key))
      baseline_.emplace(key, fresh);
  }
  all_[pod.uid] = pod;
  present_[pod.name] = pod;
}

const ContainerObservation* Pods::container(const PodObservation& pod, const std::string& name) {
  const auto found = std::find_if(pod.containers.begin(), pod.containers.end(),
                                  [&](const auto& c) { return name.empty() || c.name == name; });
  return found == pod.containers.end() ? nullptr : &*found;
}

int Pods::restarts(const PodObservation& pod, const ContainerObservation& container) const {
  const auto baseline = baseline_.find(pod.uid + "/" + container.name);
  return container.restarts - (baseline == baseline_.end() ? 0 : baseline->second);
}

int Pods::restarts(const PodObservation& pod) const {
  int sum = 0;
  for (const auto& container : pod.containers) sum += restarts(pod, container);
  return sum;
}

std::map<std::string, int> Pods::restarts_of(const std::string& workload) const {
  std::map<std::string, int> restarts_by_pod;
  for (const auto& [uid, pod] : all_)
    if (pod.workload == workload) restarts_by_pod[pod.name] += restarts(pod);
  return restarts_by_pod;
}

}  // namespace plimsoll::engine::log

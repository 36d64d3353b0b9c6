// The pods of a run, updated by one observation after the other: which exist, and how
// often their containers restarted against the start of the run. Thread-safety: one thread.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scenarios/engine/log/observation.hpp"

namespace plimsoll::engine::log {

class Pods {
 public:
  explicit Pods(std::optional<double> run_start) : run_start_(run_start) {}

  // True where the observation was about pods.
  bool update(const Observation& observation);

  // Those that are there, by name.
  [[nodiscard]] const std::map<std::string, PodObservation>& present() const noexcept {
    return present_;
  }
  // The pod's container; nullptr where there is none. An empty name: the first.
  [[nodiscard]] static const ContainerObservation* container(const PodObservation& pod,
                                                             const std::string& name);
  // How often it restarted since the start of the run, or since it was created.
  [[nodiscard]] int restarts(const PodObservation& pod,
                             const ContainerObservation& container) const;
  [[nodiscard]] int restarts(const PodObservation& pod) const;  // of all its containers
  // Of every pod of the workload in the log, deleted ones included: name -> restarts.
  [[nodiscard]] std::map<std::string, int> restarts_of(const std::string& workload) const;

 private:
  void record(const PodObservation& pod, double t);

  std::optional<double> run_start_;
  bool listed_ = false;  // a whole list of the pods was observed
  std::map<std::string, PodObservation> present_;
  std::map<std::string, PodObservation> all_;  // by uid, as last seen
  std::map<std::string, int> baseline_;        // uid/container -> restarts
};

}  // namespace plimsoll::engine::log

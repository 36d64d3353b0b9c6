// What a run has made in the cluster, and how it is taken away again. A namespace that existed
// before the run is never deleted, only the objects that the run applied. Errors: none; what could
// not be removed is a list for people. Thread-safety: one executor.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/result/result.hpp"
#include "scenarios/engine/kube/cluster_api.hpp"
#include "scenarios/engine/task/clock.hpp"

namespace plimsoll::engine::kube {

class CreatedResources {
 public:
  CreatedResources(ClusterApi& cluster, task::Clock& clock, std::string run,
                   std::string in_namespace);

  // Creates the namespace, which must be new (a run never adopts one by accident).
  [[nodiscard]] boost::asio::awaitable<Result<void>> create_namespace(std::string scenario);
  // Applies an object: namespace set, refused where an object of that name is somebody else's.
  [[nodiscard]] boost::asio::awaitable<Result<void>> apply(nlohmann::json object);

  // Removes all of it, and waits until it is gone. Returns what is left.
  [[nodiscard]] boost::asio::awaitable<std::vector<std::string>> remove(std::chrono::seconds limit);

  [[nodiscard]] bool anything() const noexcept { return own_namespace_ || !paths_.empty(); }
  // The command that takes away what this run made.
  [[nodiscard]] std::string cleanup_command() const;

 private:
  boost::asio::awaitable<void> end_pods();
  boost::asio::awaitable<std::vector<std::string>> remaining();

  ClusterApi& cluster_;
  task::Clock& clock_;
  std::string run_;
  std::string namespace_;
  bool own_namespace_ = false;
  std::vector<std::string> paths_;  // outside a namespace of its own, in order of making
};

}  // namespace plimsoll::engine::kube

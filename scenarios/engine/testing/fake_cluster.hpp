// A cluster in memory, with as much of the API server in it as a run uses: objects by path, lists
// with label selectors, merge and apply patches, deletion of namespaces with all that is in them,
// discovery, permission questions, Prometheus and the receiver behind the service proxy, commands
// in containers. A Deployment that is applied is ready at once and has one pod. Errors: those that
// a test asks for. Thread-safety: one executor.
#pragma once
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scenarios/engine/kube/cluster_api.hpp"
#include "scenarios/engine/task/clock.hpp"

namespace plimsoll::engine::testing {

class FakeCluster : public kube::ClusterApi {
 public:
  explicit FakeCluster(task::Clock& clock);

  [[nodiscard]] boost::asio::awaitable<Result<kube::HttpResponse>> call(
      kube::HttpRequest request) override;
  [[nodiscard]] Result<std::unique_ptr<kube::RemoteProcess>> exec(kube::ExecRequest request,
                                                                  process::OnLine on_line) override;

  // A pod of the Deployment "target", or of what owner names ("Job/load-peak").
  void set_pod(const std::string& in_namespace, const std::string& name, nlohmann::json status,
               const std::string& owner = {});
  [[nodiscard]] static nlohmann::json ready_status(bool ready = true);
  // The objects of namespaces that a run made.
  [[nodiscard]] std::vector<std::string> left_of_runs() const;

  std::map<std::string, nlohmann::json> objects;  // by path
  std::vector<std::string> requests;              // "METHOD TARGET"
  std::set<std::string> denied;                   // "create pods"
  std::chrono::nanoseconds latency{0};            // of each answer
  bool deployments_become_ready = true;
  bool namespaces_stay = false;  // a deleted namespace is held by a finalizer
  std::string deliveries;        // what the receiver answers, JSON lines
  // Answers in the cluster's place where it returns something.
  std::function<std::optional<Result<kube::HttpResponse>>(const kube::HttpRequest&)> intercept;

  // What a command in a container does.
  struct Command {
    std::vector<std::string> lines;
    std::chrono::nanoseconds lasts{0};
    int exit_code = 0;
  } command;
  std::vector<kube::ExecRequest> commands;  // that were started

 private:
  kube::HttpResponse answer(const kube::HttpRequest& request);
  kube::HttpResponse object(const kube::HttpRequest& request, const std::string& path,
                            const std::string& query);
  kube::HttpResponse list(const std::string& path, const std::string& query) const;
  kube::HttpResponse remove(const std::string& path);
  kube::HttpResponse apply(const std::string& path, const nlohmann::json& patch);
  nlohmann::json loaded_rules() const;

  task::Clock& clock_;
  nlohmann::json loaded_ = nlohmann::json::object();  // Prometheus' rule files
};

}  // namespace plimsoll::engine::testing

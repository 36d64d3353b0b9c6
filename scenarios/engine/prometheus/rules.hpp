// The alerting rules that a scenario brings: labelled with the run, loaded into Prometheus, and
// taken out again. Where the cluster has the PrometheusRule kind they become objects of the run's
// namespace; else keys of ConfigMap prometheus-rules beside Prometheus, its pods nudged so that
// kubelet syncs the volume now, and /-/reload. Errors: exit code 2 for a wrong file, 4 where
// Prometheus does not take them. Thread-safety: one executor.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/result/result.hpp"
#include "scenarios/engine/kube/cluster_api.hpp"
#include "scenarios/engine/model/model.hpp"
#include "scenarios/engine/task/cancellation_token.hpp"

namespace plimsoll::engine::prometheus {

inline constexpr const char* kRulesConfigMap = "prometheus-rules";

struct RuleFile {
  std::string name;       // of the file, without folder and extension
  nlohmann::json groups;  // {"groups": [...]}
};

// Reads files in Prometheus' rule format; a PrometheusRule object is taken for its spec.
[[nodiscard]] Result<std::vector<RuleFile>> load_rule_files(const std::vector<std::string>& paths);
// Adds label plimsoll_run=run to each alerting rule.
void label_rules(RuleFile& file, const std::string& run);
// "ALERT: text" for each alerting rule with annotation plimsoll_note.
[[nodiscard]] std::vector<std::string> rule_notes(const std::vector<RuleFile>& files);
[[nodiscard]] std::vector<std::string> alert_names(const std::vector<RuleFile>& files);

// Which of these alerts are loaded and healthy for this run: empty when all are, else why not.
[[nodiscard]] std::string why_not_loaded(const nlohmann::json& rules_answer,
                                         const std::vector<std::string>& alerts,
                                         const std::string& run);

class Rules {
 public:
  Rules(kube::ClusterApi& cluster, task::CancellationToken& cancellation,
        model::ServiceAddress prometheus, std::string run, std::string in_namespace);

  // Loads files and waits until Prometheus has them. What was begun is known to remove().
  [[nodiscard]] boost::asio::awaitable<Result<void>> install(std::vector<RuleFile> files,
                                                             std::chrono::seconds limit);
  // Takes them out and waits until Prometheus has forgotten them. Returns what is left, for people.
  [[nodiscard]] boost::asio::awaitable<std::vector<std::string>> remove(std::chrono::seconds limit);

  [[nodiscard]] bool installed() const noexcept { return !keys_.empty() || !objects_.empty(); }

 private:
  boost::asio::awaitable<Result<void>> install_object(const RuleFile& file);
  boost::asio::awaitable<Result<void>> patch_config_map(nlohmann::json data);
  boost::asio::awaitable<Result<void>> nudge_pods(std::string why);
  boost::asio::awaitable<std::string> reload();

  kube::ClusterApi& cluster_;
  task::CancellationToken& cancellation_;
  model::ServiceAddress prometheus_;
  std::string run_;
  std::string namespace_;
  std::vector<std::string> keys_;     // of the ConfigMap
  std::vector<std::string> objects_;  // paths of PrometheusRules
};

}  // namespace plimsoll::engine::prometheus

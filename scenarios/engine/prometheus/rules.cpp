#include "scenarios/engine/prometheus/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "core/yaml/yaml.hpp"
#include "scenarios/engine/kube/manifests.hpp"
#include "scenarios/engine/prometheus/prometheus_view.hpp"

namespace plimsoll::engine::prometheus {
namespace asio = boost::asio;
using nlohmann::json;
using namespace std::chrono_literals;

namespace {

constexpr const char* kOperatorApi = "monitoring.coreos.com/v1";
constexpr auto kReloadEvery = 2s;

// Calls visit with each alerting rule.
template <typename Json, typename Visit>
void each_alert(Json& groups, Visit visit) {
  for (auto& group : groups["groups"])
    for (auto& rule : group["rules"])
      if (rule.contains("alert")) visit(rule);
}

bool well_formed(const json& file) {
  if (!file.is_object() || !file.contains("groups") || !file["groups"].is_array()) return false;
  return std::all_of(file["groups"].begin(), file["groups"].end(), [](const json& group) {
    return group.is_object() && group.contains("rules") && group["rules"].is_array();
  });
}

kube::HttpRequest merge_patch(std::string target, const json& body) {
  kube::HttpRequest request;
  request.method = "PATCH";
  request.target = std::move(target);
  request.body = body.dump();
  request.content_type = "application/merge-patch+json";
  return request;
}

}  // namespace

Result<std::vector<RuleFile>> load_rule_files(const std::vector<std::string>& paths) {
  std::vector<RuleFile> files;
  for (const auto& path : paths) {
    const auto documents = yaml::read_file(path);
    if (!documents) return documents.error();
    for (const auto& document : *documents) {
      auto content = yaml::to_json(document, path);
      if (!content) return content.error();
      json groups =
          kube::text_at(*content, "kind") == "PrometheusRule" ? (*content)["spec"] : *content;
      if (!well_formed(groups))
        return invalid_input(
            fmt::format("{}:{}:{}: not a Prometheus rule file: it needs groups, each with rules",
                        path, document.line, document.column));
      std::string name = std::filesystem::path(path).stem().string();
      if (documents->size() > 1) name += fmt::format("-{}", files.size());
      files.push_back({std::move(name), std::move(groups)});
    }
  }
  return files;
}

void label_rules(RuleFile& file, const std::string& run) {
  each_alert(file.groups, [&](json& rule) { rule["labels"][kRunLabel] = run; });
}

std::vector<std::string> rule_notes(const std::vector<RuleFile>& files) {
  std::vector<std::string> notes;
  for (const auto& file : files)
    each_alert(file.groups, [&](const json& rule) {
      const auto note = kube::text_at(rule, "annotations", "plimsoll_note");
      if (!note.empty()) notes.push_back(kube::text_at(rule, "alert") + ": " + note);
    });
  return notes;
}

std::vector<std::string> alert_names(const std::vector<RuleFile>& files) {
  std::vector<std::string> names;
  for (const auto& file : files)
    each_alert(file.groups,
               [&](const json& rule) { names.push_back(kube::text_at(rule, "alert")); });
  return names;
}

std::string why_not_loaded(const json& rules_answer, const std::vector<std::string>& alerts,
                           const std::string& run) {
  const auto seen = view_rules(rules_answer, run, "", {});
  if (!seen) return seen.error().message;
  for (const auto& alert : alerts) {
    const auto rule = std::find_if(seen->rules.begin(), seen->rules.end(),
                                   [&](const auto& one) { return one.own && one.name == alert; });
    if (rule == seen->rules.end()) return fmt::format("alert {} is not in /api/v1/rules", alert);
    if (rule->health == "err")
      return fmt::format("alert {} does not evaluate: {}", alert, rule->last_error);
  }
  return {};
}

Rules::Rules(kube::ClusterApi& cluster, task::CancellationToken& cancellation,
             model::ServiceAddress prometheus, std::string run, std::string in_namespace)
    : cluster_(cluster),
      cancellation_(cancellation),
      prometheus_(std::move(prometheus)),
      run_(std::move(run)),
      namespace_(std::move(in_namespace)) {}

asio::awaitable<Result<void>> Rules::install(std::vector<RuleFile> files,
                                             std::chrono::seconds limit) {
  const auto alerts = alert_names(files);
  const auto custom =
      co_await cluster_.exists(kube::group_path(kOperatorApi) + "/prometheusrules?limit=1");
  json data = json::object();
  for (auto& file : files) {
    label_rules(file, run_);
    if (custom && *custom) {
      const auto made = co_await install_object(file);
      if (!made) co_return made.error();
      continue;
    }
    const std::string key = fmt::format("{}-{}.yaml", run_, file.name);
    data[key] = file.groups.dump(1) + "\n";  // JSON is YAML
    keys_.push_back(key);
  }
  if (!keys_.empty()) {
    std::string why = "load " + run_;
    auto patched = co_await patch_config_map(std::move(data));
    if (patched) patched = co_await nudge_pods(std::move(why));
    if (!patched) co_return patched.error();
  }

  const auto give_up = cancellation_.clock().now() + limit;
  std::string reason;
  for (;;) {
    std::string refused;
    if (!keys_.empty()) refused = co_await reload();
    kube::HttpRequest request;
    request.target = kube::proxy_path(prometheus_) + "/api/v1/rules?type=alert";
    const auto answer = co_await cluster_.json(std::move(request));
    reason = answer ? why_not_loaded(*answer, alerts, run_) : answer.error().message;
    if (reason.empty()) co_return Result<void>{};
    if (!refused.empty()) reason = refused;
    if (cancellation_.clock().now() >= give_up) break;
    if (!co_await cancellation_.sleep(kReloadEvery)) co_return cancelled("stopped");
  }
  co_return unavailable(fmt::format("Prometheus {} did not take the rules within {} s: {}",
                                    kube::to_string(prometheus_), limit.count(), reason));
}

asio::awaitable<Result<void>> Rules::install_object(const RuleFile& file) {
  json labels = json::object();
  labels[kube::kRunIdLabel] = run_;
  json metadata = json::object();
  metadata["name"] = run_ + "-" + file.name;
  metadata["namespace"] = namespace_;
  metadata["labels"] = labels;
  json object = json::object();
  object["apiVersion"] = kOperatorApi;
  object["kind"] = "PrometheusRule";
  object["metadata"] = metadata;
  object["spec"] = file.groups;
  const auto path = co_await cluster_.apply(std::move(object));
  if (!path) co_return path.error();
  objects_.push_back(*path);
  co_return Result<void>{};
}

asio::awaitable<Result<void>> Rules::patch_config_map(json data) {
  json body = json::object();
  body["data"] = std::move(data);
  auto request = merge_patch(fmt::format("/api/v1/namespaces/{}/configmaps/{}",
                                         prometheus_.namespace_name, kRulesConfigMap),
                             body);
  const auto patched = co_await cluster_.json(std::move(request));
  if (!patched) co_return patched.error();
  co_return Result<void>{};
}

// A changed annotation makes kubelet look at the pod, and so at its volumes, at once rather than
// within a minute or two.
asio::awaitable<Result<void>> Rules::nudge_pods(std::string why) {
  const std::string base = "/api/v1/namespaces/" + prometheus_.namespace_name;
  const auto service = co_await cluster_.get(base + "/services/" + prometheus_.service);
  if (!service) co_return service.error();
  std::string labels;
  if (const json::json_pointer where{"/spec/selector"}; service->contains(where))
    for (const auto& [key, value] : service->at(where).items()) {
      if (!labels.empty()) labels += ',';
      labels += fmt::format("{}={}", key, value.get<std::string>());
    }
  const auto pods =
      co_await cluster_.get(base + "/pods?labelSelector=" + kube::percent_encode(labels));
  if (!pods) co_return pods.error();
  json body = json::object();
  body["metadata"]["annotations"]["plimsoll.dev/rules"] = std::move(why);
  const json items = pods->value("items", json::array());
  for (const auto& pod : items) {
    auto request = merge_patch(base + "/pods/" + kube::text_at(pod, "metadata", "name"), body);
    const auto patched = co_await cluster_.json(std::move(request));
    if (!patched) co_return patched.error();
  }
  co_return Result<void>{};
}

asio::awaitable<std::string> Rules::reload() {
  kube::HttpRequest request;
  request.method = "POST";
  request.target = kube::proxy_path(prometheus_) + "/-/reload";
  const auto response = co_await cluster_.call(request);
  if (!response) co_return response.error().message;
  if (response->status != 200) co_return failure_line(request, *response);
  co_return std::string{};
}

asio::awaitable<std::vector<std::string>> Rules::remove(std::chrono::seconds limit) {
  std::vector<std::string> left;
  for (const auto& path : objects_)
    if (const auto removed = co_await cluster_.remove(path); !removed)
      left.push_back(removed.error().message);
  if (left.empty()) objects_.clear();
  if (keys_.empty()) co_return left;

  json data = json::object();
  for (const auto& key : keys_) data[key] = nullptr;
  std::string why = "unload " + run_;
  auto patched = co_await patch_config_map(std::move(data));
  if (patched) patched = co_await nudge_pods(std::move(why));
  if (!patched) {
    left.push_back(fmt::format("rules of run {} in ConfigMap {}/{}: {}", run_,
                               prometheus_.namespace_name, kRulesConfigMap,
                               patched.error().message));
    co_return left;
  }
  // A Prometheus that is gone has forgotten them, and finds none when it comes back.
  constexpr int kSilences = 5;
  const auto give_up = cancellation_.clock().now() + limit;
  for (int silent = 0; silent < kSilences;) {
    const std::string refused = co_await reload();
    kube::HttpRequest request;
    request.target = kube::proxy_path(prometheus_) + "/api/v1/rules?type=alert";
    const auto answer = co_await cluster_.json(std::move(request));
    if (!answer) ++silent;
    if (answer) {
      silent = 0;
      const auto seen = view_rules(*answer, run_, "", {});
      if (seen && seen->rules.empty()) break;
    }
    if (cancellation_.clock().now() >= give_up) {
      left.push_back(fmt::format("rules of run {} are still loaded in Prometheus {}{}{}", run_,
                                 kube::to_string(prometheus_), refused.empty() ? "" : ": ",
                                 refused));
      co_return left;
    }
    co_await task::pause(cancellation_.clock(), kReloadEvery);
  }
  keys_.clear();
  co_return left;
}

}  // namespace plimsoll::engine::prometheus

#include "scenarios/engine/run/preflight.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace plimsoll::engine::run {
namespace asio = boost::asio;
using nlohmann::json;

namespace {

template <typename Subject>
bool has_claim(const model::Scenario& scenario) {
  return std::any_of(scenario.claims.begin(), scenario.claims.end(), [](const auto& claim) {
    return std::holds_alternative<Subject>(claim.subject);
  });
}

template <typename What>
bool has_step(const model::Scenario& scenario) {
  return std::any_of(scenario.steps.begin(), scenario.steps.end(),
                     [](const auto& step) { return std::holds_alternative<What>(step.what); });
}

bool scales_by_metrics(const model::Scenario& scenario, const kube::Manifests& manifests) {
  const bool brings_hpa = std::any_of(manifests.begin(), manifests.end(), [](const json& object) {
    return kube::text_at(object, "kind") == "HorizontalPodAutoscaler";
  });
  return brings_hpa || !scenario.target.hpa.empty() || has_claim<model::HpaClaim>(scenario);
}

asio::awaitable<Result<void>> reachable(kube::ClusterApi& cluster) {
  kube::HttpRequest request;
  request.target = "/version";
  const auto response = co_await cluster.call(request);
  if (!response) co_return unavailable("no cluster can be reached: " + response.error().message);
  if (response->status == 401)
    co_return refused("the cluster refuses this login: " + failure_line(request, *response));
  // kubectl proxy answers in the cluster's place when it cannot reach it.
  if (response->status != 200)
    co_return unavailable("no cluster can be reached: " + failure_line(request, *response));
  co_return Result<void>{};
}

asio::awaitable<Result<void>> permitted(kube::ClusterApi& cluster,
                                        std::vector<kube::Access> wanted) {
  std::string missing;
  for (const auto& access : wanted) {
    const auto allowed = co_await cluster.allowed(access);
    if (!allowed) co_return allowed.error();
    if (!*allowed) missing += (missing.empty() ? "" : "; ") + to_string(access);
  }
  if (missing.empty()) co_return Result<void>{};
  co_return refused("no permission to " + missing + " (docs/running.md lists what is needed)");
}

asio::awaitable<Result<void>> metrics_there(kube::ClusterApi& cluster) {
  kube::HttpRequest request;
  request.target = "/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io";
  const auto response = co_await cluster.call(request);
  if (!response) co_return response.error();
  if (response->status == 404)
    co_return unavailable(
        "the metrics API (metrics.k8s.io) is not there, and an HPA needs it: install "
        "metrics-server");
  if (response->status != 200) co_return unavailable(failure_line(request, *response));
  const auto service = json::parse(response->body, nullptr, false);
  std::string why = "its APIService has no Available condition yet";
  if (const json::json_pointer where{"/status/conditions"};
      service.is_object() && service.contains(where))
    for (const auto& condition : service.at(where))
      if (kube::text_at(condition, "type") == "Available") {
        if (kube::text_at(condition, "status") == "True") co_return Result<void>{};
        why = kube::text_at(condition, "reason") + ": " + kube::text_at(condition, "message");
      }
  co_return unavailable("the metrics API (metrics.k8s.io) is not available: " + why);
}

asio::awaitable<Result<void>> answers(kube::ClusterApi& cluster, std::string what,
                                      model::ServiceAddress service, std::string path) {
  kube::HttpRequest request;
  request.target = kube::proxy_path(service) + path;
  const auto response = co_await cluster.call(request);
  const std::string reason = !response                 ? response.error().message
                             : response->status != 200 ? failure_line(request, *response)
                                                       : std::string{};
  if (reason.empty()) co_return Result<void>{};
  co_return unavailable(fmt::format("{} does not answer at {} (spec.monitoring): {}", what,
                                    kube::to_string(service), reason));
}

}  // namespace

std::string to_string(const kube::Access& access) {
  return fmt::format("{} {}{}{}{}{}", access.verb, access.resource,
                     access.subresource.empty() ? "" : "/", access.subresource,
                     access.group.empty() ? "" : "." + access.group,
                     access.in_namespace.empty() ? "" : " in namespace " + access.in_namespace);
}

Needs needs_of(const model::Scenario& scenario, const kube::Manifests& manifests,
               const std::string& in_namespace, bool own_namespace) {
  Needs needs;
  needs.in_namespace = in_namespace;
  needs.own_namespace = own_namespace;
  needs.monitoring = scenario.monitoring;
  needs.metrics = scales_by_metrics(scenario, manifests);
  needs.receiver = has_claim<model::DeliveryClaim>(scenario);
  needs.alertmanager = needs.receiver;
  needs.prometheus = !scenario.rules.empty() || has_claim<model::AlertClaim>(scenario) ||
                     has_claim<model::PromqlClaim>(scenario);

  auto& access = needs.access;
  const auto& ns = in_namespace;
  if (own_namespace) {
    access.push_back({"create", "", "namespaces", "", ""});
    access.push_back({"delete", "", "namespaces", "", ""});
  }
  access.push_back({"list", "", "pods", "", ns});
  access.push_back({"list", "", "events", "", ns});
  access.push_back(
      {"get", "apps", to_string(scenario.target.workload.kind) + std::string{"s"}, "", ns});
  access.push_back({"list", "autoscaling", "horizontalpodautoscalers", "", ns});
  if (!manifests.empty()) access.push_back({"patch", "apps", "deployments", "", ns});
  if (has_step<model::Exec>(scenario)) access.push_back({"create", "", "pods", "exec", ns});
  if (has_step<model::Load>(scenario)) {
    access.push_back({"create", "batch", "jobs", "", ns});
    access.push_back({"get", "", "pods", "log", ns});
  }
  const auto& prometheus = scenario.monitoring.prometheus.namespace_name;
  if (needs.prometheus) access.push_back({"get", "", "services", "proxy", prometheus});
  if (!scenario.rules.empty()) {
    access.push_back({"create", "", "services", "proxy", prometheus});
    access.push_back({"patch", "", "configmaps", "", prometheus});
    access.push_back({"patch", "", "pods", "", prometheus});
  }
  if (needs.receiver)
    access.push_back({"get", "", "services", "proxy", scenario.monitoring.receiver.namespace_name});
  return needs;
}

asio::awaitable<Result<void>> preflight(kube::ClusterApi& cluster, Needs needs) {
  auto checked = co_await reachable(cluster);
  if (checked) checked = co_await permitted(cluster, needs.access);
  if (checked && needs.metrics) checked = co_await metrics_there(cluster);
  const auto& monitoring = needs.monitoring;
  if (checked && needs.prometheus)
    checked = co_await answers(cluster, "Prometheus", monitoring.prometheus, "/-/ready");
  if (checked && needs.alertmanager)
    checked = co_await answers(cluster, "Alertmanager", monitoring.alertmanager, "/-/ready");
  if (checked && needs.receiver)
    checked = co_await answers(cluster, "the receiver", monitoring.receiver, "/health");
  co_return checked;
}

}  // namespace plimsoll::engine::run

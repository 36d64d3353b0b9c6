#include "scenarios/engine/observe/pollers.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "scenarios/engine/kube/kube_view.hpp"
#include "scenarios/engine/log/observation_json.hpp"
#include "scenarios/engine/prometheus/prometheus_view.hpp"

namespace plimsoll::engine::observe {
namespace asio = boost::asio;
using log::Source;
using nlohmann::json;
using namespace std::chrono_literals;

namespace {

constexpr auto kPollTimeout = 3s;

kube::HttpRequest look(std::string target) {
  kube::HttpRequest request;
  request.target = std::move(target);
  request.timeout = kPollTimeout;
  return request;
}

}  // namespace

Watched watched(const model::Scenario& scenario, std::string run, std::string in_namespace) {
  Watched all;
  all.run = std::move(run);
  all.in_namespace = std::move(in_namespace);
  all.workload = scenario.target.workload;
  all.monitoring = scenario.monitoring;
  all.promql = model::promql_expressions(scenario);
  all.rules = !scenario.rules.empty();
  if (!scenario.target.hpa.empty()) all.hpas.insert(scenario.target.hpa);
  for (const auto& claim : scenario.claims) {
    if (const auto* hpa = std::get_if<model::HpaClaim>(&claim.subject)) all.hpas.insert(hpa->name);
    if (const auto* alert = std::get_if<model::AlertClaim>(&claim.subject)) {
      all.alerts.insert(alert->name);
      all.rules = true;
    }
    if (std::holds_alternative<model::DeliveryClaim>(claim.subject)) all.deliveries = true;
  }
  return all;
}

Pollers::Pollers(kube::ClusterApi& cluster, Recorder& recorder, Watched watched)
    : cluster_(cluster), recorder_(recorder), watched_(std::move(watched)) {}

bool Pollers::write_if_new(const std::string& key, log::Observed what) {
  auto text = log::to_line({0, {}, what});
  auto& last = last_[key];
  if (last == text) return false;
  last = std::move(text);
  recorder_.write(std::move(what));
  return true;
}

void Pollers::failed(log::Source source, const std::string& topic, const std::string& message) {
  recorder_.write(log::PollFailed{source, topic, message});
}

asio::awaitable<std::string> Pollers::look_at_kubernetes() {
  // The workload comes first: its selector tells which pods are its own.
  const std::string workload = co_await look_at_workload();
  const std::string pods = co_await look_at_pods();
  const std::string hpas = co_await look_at_hpas();
  const std::string events = co_await look_at_events();
  std::string first;
  const std::array<std::pair<const char*, const std::string*>, 4> topics{
      {{"workload", &workload}, {"pods", &pods}, {"hpa", &hpas}, {"events", &events}}};
  for (const auto& [topic, trouble] : topics)
    if (first.empty()) first = *trouble;
  if (first.empty()) {
    recorder_.write(log::PollOk{log::Source::kKubernetes, ""});
    co_return first;
  }
  for (const auto& [topic, trouble] : topics)
    if (trouble->empty()) recorder_.write(log::PollOk{log::Source::kKubernetes, topic});
  co_return first;
}

asio::awaitable<std::string> Pollers::look_at_workload() {
  const auto& workload = watched_.workload;
  const auto request = look(fmt::format("/apis/apps/v1/namespaces/{}/{}/{}", watched_.in_namespace,
                                        kube::workload_plural(workload.kind), workload.name));
  const auto response = co_await cluster_.call(request);
  if (response && response->status == 404) {
    write_if_new("workload", log::AbsentObservation{kube::workload_name(workload)});
    co_return std::string{};
  }
  const auto object =
      response ? json::parse(response->body, nullptr, false) : json(json::value_t::discarded);
  if (!response || response->status != 200 || !object.is_object()) {
    const auto message =
        response ? kube::failure_line(request, *response) : response.error().message;
    failed(log::Source::kKubernetes, "workload", message);
    co_return message;
  }
  if (object.contains("spec") && object["spec"].contains("selector"))
    selector_ = object["spec"]["selector"];
  write_if_new("workload", kube::view_workload(workload.kind, object));
  co_return std::string{};
}

asio::awaitable<std::string> Pollers::look_at_pods() {
  auto request = look(fmt::format("/api/v1/namespaces/{}/pods", watched_.in_namespace));
  const auto list = co_await cluster_.json(std::move(request));
  if (!list) {
    failed(log::Source::kKubernetes, "pods", list.error().message);
    co_return list.error().message;
  }
  log::PodsObservation names;
  for (const auto& pod : list->value("items", json::array())) {
    auto seen = kube::view_pod(pod);
    const auto labels = pod["metadata"].value("labels", json::object());
    if (kube::selects(selector_, labels)) seen.workload = kube::workload_name(watched_.workload);
    names.names.push_back(seen.name);
    const std::string key = "pod/" + seen.name;
    write_if_new(key, std::move(seen));
  }
  write_if_new("pods", std::move(names));
  co_return std::string{};
}

asio::awaitable<std::string> Pollers::look_at_hpas() {
  auto request = look(fmt::format("/apis/autoscaling/v2/namespaces/{}/horizontalpodautoscalers",
                                  watched_.in_namespace));
  const auto list = co_await cluster_.json(std::move(request));
  if (!list) {
    failed(log::Source::kKubernetes, "hpa", list.error().message);
    co_return list.error().message;
  }
  auto missing = watched_.hpas;
  for (const auto& hpa : list->value("items", json::array())) {
    auto seen = kube::view_hpa(hpa);
    missing.erase(seen.name);
    const std::string key = "hpa/" + seen.name;
    write_if_new(key, std::move(seen));
  }
  for (const auto& name : missing)
    write_if_new("hpa/" + name, log::AbsentObservation{"hpa/" + name});
  co_return std::string{};
}

asio::awaitable<std::string> Pollers::look_at_events() {
  auto request = look(fmt::format("/api/v1/namespaces/{}/events", watched_.in_namespace));
  const auto list = co_await cluster_.json(std::move(request));
  if (!list) {
    failed(log::Source::kKubernetes, "events", list.error().message);
    co_return list.error().message;
  }
  for (const auto& event : list->value("items", json::array())) {
    auto seen = kube::view_event(event);
    auto& count = events_[seen.uid];
    if (seen.count <= count) continue;
    count = seen.count;
    // The first look finds what happened before the run.
    if (events_known_) recorder_.write(std::move(seen));
  }
  events_known_ = true;
  co_return std::string{};
}

asio::awaitable<std::string> Pollers::look_at_rules() {
  if (!watched_.rules) co_return std::string{};
  auto request =
      look(kube::proxy_path(watched_.monitoring.prometheus) + "/api/v1/rules?type=alert");
  const auto answer = co_await cluster_.json(std::move(request));
  std::string trouble = answer ? std::string{} : answer.error().message;
  if (answer) {
    auto seen =
        prometheus::view_rules(*answer, watched_.run, watched_.in_namespace, watched_.alerts);
    if (seen && !write_if_new("alerts", *seen))
      recorder_.write(log::PollOk{log::Source::kPrometheus, "alerts"});
    if (!seen) trouble = seen.error().message;
  }
  if (!trouble.empty()) failed(log::Source::kPrometheus, "alerts", trouble);
  co_return trouble;
}

asio::awaitable<std::string> Pollers::look_at_promql() {
  std::string first;
  for (const auto& expr : watched_.promql) {
    auto request = look(kube::proxy_path(watched_.monitoring.prometheus) +
                        "/api/v1/query?query=" + kube::percent_encode(expr));
    const auto answer = co_await cluster_.json(std::move(request));
    std::string trouble = answer ? std::string{} : answer.error().message;
    if (answer) {
      auto seen = prometheus::view_query(*answer, expr);
      if (seen)
        recorder_.write(std::move(*seen));
      else
        trouble = seen.error().message;
    }
    if (!trouble.empty()) failed(log::Source::kPrometheus, expr, trouble);
    if (first.empty()) first = trouble;
  }
  co_return first;
}

asio::awaitable<Result<void>> Pollers::start_deliveries_here() {
  if (!watched_.deliveries) co_return Result<void>{};
  auto request = look(kube::proxy_path(watched_.monitoring.receiver) + "/health");
  const auto health = co_await cluster_.json(std::move(request));
  if (!health) co_return health.error();
  last_delivery_ = health->value("last_seq", std::uint64_t{0});
  receiver_instance_ = kube::text_at(*health, "instance");
  co_return Result<void>{};
}

asio::awaitable<std::string> Pollers::look_at_deliveries() {
  if (!watched_.deliveries) co_return std::string{};
  const auto request = look(fmt::format("{}/deliveries?after={}&instance={}",
                                        kube::proxy_path(watched_.monitoring.receiver),
                                        last_delivery_, receiver_instance_));
  const auto response = co_await cluster_.call(request);
  std::string trouble;
  if (!response) {
    trouble = response.error().message;
  } else if (response->status != 200) {
    trouble = kube::failure_line(request, *response);
  } else if (auto seen = prometheus::view_deliveries(response->body); !seen) {
    trouble = seen.error().message;
  } else {
    bool news = false;
    for (auto& one : *seen) {
      if (one.instance != receiver_instance_)
        recorder_.write(log::NoteObservation{
            "the receiver was restarted: what it had received before may be lost"});
      receiver_instance_ = one.instance;
      last_delivery_ = one.delivery.seq;
      if (!prometheus::concerns(one.delivery, watched_.in_namespace)) continue;
      recorder_.write(std::move(one.delivery));
      news = true;
    }
    if (!news) recorder_.write(log::PollOk{log::Source::kReceiver, "deliveries"});
  }
  if (!trouble.empty()) failed(log::Source::kReceiver, "deliveries", trouble);
  co_return trouble;
}

}  // namespace plimsoll::engine::observe

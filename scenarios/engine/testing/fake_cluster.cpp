#include "scenarios/engine/testing/fake_cluster.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace plimsoll::engine::testing {
namespace asio = boost::asio;
using kube::HttpRequest;
using kube::HttpResponse;
using Json = nlohmann::json;  // ClusterApi has a member called json

namespace {

const std::string kRules = "/api/v1/namespaces/monitoring/configmaps/prometheus-rules";
const std::string kNamespaces = "/api/v1/namespaces";

HttpResponse reply(int status, const Json& body) { return {status, body.dump()}; }

HttpResponse not_found(const std::string& path) {
  return reply(404, {{"message", path + " not found"}});
}

Json discovery(const std::string& path) {
  static const std::map<std::string, std::vector<std::array<const char*, 2>>> kKinds{
      {"/api/v1",
       {{"Namespace", "namespaces"},
        {"Service", "services"},
        {"ConfigMap", "configmaps"},
        {"Pod", "pods"}}},
      {"/apis/apps/v1", {{"Deployment", "deployments"}}},
      {"/apis/batch/v1", {{"Job", "jobs"}}},
      {"/apis/autoscaling/v2", {{"HorizontalPodAutoscaler", "horizontalpodautoscalers"}}}};
  Json resources = Json::array();
  const auto found = kKinds.find(path);
  if (found == kKinds.end()) return nullptr;
  for (const auto& [kind, plural] : found->second)
    resources.push_back(
        {{"kind", kind}, {"name", plural}, {"namespaced", std::string{kind} != "Namespace"}});
  return {{"resources", resources}};
}

std::string decoded(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      plain += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

// Terms KEY=VALUE, all of them.
bool matches(const Json& object, const std::string& query) {
  const std::string key = "labelSelector=";
  const auto start = query.find(key);
  if (start == std::string::npos) return true;
  auto rest = decoded(query.substr(start + key.size())) + ",";
  for (; !rest.empty(); rest.erase(0, rest.find(',') + 1)) {
    const auto term = rest.substr(0, rest.find(','));
    const auto equals = term.find('=');
    if (kube::text_at(object, "metadata", "labels", term.substr(0, equals).c_str()) !=
        term.substr(equals + 1))
      return false;
  }
  return true;
}

class FakeProcess : public kube::RemoteProcess {
 public:
  FakeProcess(task::Clock& clock, const FakeCluster::Command& command, process::OnLine on_line,
              std::string line)
      : over_(clock.executor(), asio::steady_timer::time_point::max()),
        line_(std::move(line)),
        exit_code_(command.exit_code) {
    lines_ = clock.at(clock.now(), [on_line = std::move(on_line), lines = command.lines] {
      for (const auto& one : lines) on_line(process::Stream::kOut, one);
    });
    end_ = clock.at(clock.now() + command.lasts, [this] { end(); });
  }
  [[nodiscard]] const std::string& command_line() const override { return line_; }
  [[nodiscard]] asio::awaitable<process::Exit> finished() override {
    boost::system::error_code ec;
    if (!ended_) co_await over_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    co_return process::Exit{exit_code_, 0};
  }
  void terminate() override {
    if (ended_) return;
    exit_code_ = 143;
    end();
  }

 private:
  void end() {
    ended_ = true;
    over_.cancel();
  }

  asio::steady_timer over_;
  std::string line_;
  int exit_code_;
  bool ended_ = false;
  std::unique_ptr<task::Clock::Alarm> lines_;
  std::unique_ptr<task::Clock::Alarm> end_;
};

}  // namespace

FakeCluster::FakeCluster(task::Clock& clock) : clock_(clock) {
  for (const char* name : {"default", "monitoring"})
    objects[kNamespaces + "/" + name] = Json::object();
  objects[kRules] = {{"data", Json::object()}};
  objects["/api/v1/namespaces/monitoring/services/prometheus"] = {
      {"spec", {{"selector", {{"app", "prometheus"}}}}}};
}

asio::awaitable<Result<HttpResponse>> FakeCluster::call(HttpRequest request) {
  requests.push_back(request.method + " " + request.target);
  if (latency.count() > 0) co_await task::pause(clock_, latency);
  co_await asio::post(clock_.executor(), asio::use_awaitable);
  if (intercept)
    if (auto instead = intercept(request)) co_return *instead;
  co_return answer(request);
}

Result<std::unique_ptr<kube::RemoteProcess>> FakeCluster::exec(kube::ExecRequest request,
                                                               process::OnLine on_line) {
  std::string line = fmt::format("kubectl exec -n {} {}", request.in_namespace, request.pod);
  commands.push_back(std::move(request));
  return std::make_unique<FakeProcess>(clock_, command, std::move(on_line), std::move(line));
}

Json FakeCluster::ready_status(bool ready) {
  Json state{{"running", {{"startedAt", "2026-08-21T10:00:00Z"}}}};
  if (!ready) state = {{"waiting", {{"reason", "ImagePullBackOff"}, {"message", "no image"}}}};
  return {{"phase", "Running"},
          {"conditions", {{{"type", "Ready"}, {"status", ready ? "True" : "False"}}}},
          {"containerStatuses",
           {{{"name", "target"}, {"ready", ready}, {"restartCount", 0}, {"state", state}}}}};
}

void FakeCluster::set_pod(const std::string& in_namespace, const std::string& name, Json status,
                          const std::string& owner) {
  Json metadata{{"name", name}, {"uid", name}, {"labels", Json::object()}};
  if (owner.empty()) metadata["labels"]["app"] = "target";
  if (const auto slash = owner.find('/'); slash != std::string::npos)
    metadata["ownerReferences"] = {{{"kind", owner.substr(0, slash)},
                                    {"name", owner.substr(slash + 1)},
                                    {"controller", true}}};
  objects[fmt::format("{}/{}/pods/{}", kNamespaces, in_namespace, name)] = {
      {"metadata", metadata}, {"status", std::move(status)}};
}

std::vector<std::string> FakeCluster::left_of_runs() const {
  std::vector<std::string> left;
  for (const auto& [path, object] : objects)
    if (path.find("/namespaces/plimsoll-") != std::string::npos) left.push_back(path);
  for (const auto& [key, value] : objects.at(kRules).at("data").items()) left.push_back(key);
  return left;
}

HttpResponse FakeCluster::answer(const HttpRequest& request) {
  const auto path = request.target.substr(0, request.target.find('?'));
  const auto query = request.target.substr(std::min(path.size() + 1, request.target.size()));
  if (path == "/version") return reply(200, {{"gitVersion", "v1.34.4"}});
  if (path.ends_with("/selfsubjectaccessreviews")) {
    const auto asked = Json::parse(request.body)["spec"]["resourceAttributes"];
    const auto what = kube::text_at(asked, "verb") + " " + kube::text_at(asked, "resource");
    return reply(201, {{"status", {{"allowed", !denied.contains(what)}}}});
  }
  if (path.ends_with("metrics.k8s.io"))
    return reply(200,
                 {{"status", {{"conditions", {{{"type", "Available"}, {"status", "True"}}}}}}});
  if (const auto kinds = discovery(path); !kinds.is_null()) return reply(200, kinds);
  if (path.ends_with("/proxy/-/reload")) loaded_ = objects[kRules]["data"];
  if (path.ends_with("/proxy/api/v1/rules"))
    return reply(200, {{"status", "success"}, {"data", {{"groups", loaded_rules()}}}});
  if (path.ends_with("/proxy/health")) return reply(200, {{"instance", "i"}, {"last_seq", 0}});
  if (path.ends_with("/proxy/deliveries")) return {200, std::exchange(deliveries, {})};
  if (path.find("/proxy/") != std::string::npos) return reply(200, Json::object());
  return object(request, path, query);
}

Json FakeCluster::loaded_rules() const {
  Json groups = Json::array();
  for (const auto& [key, text] : loaded_.items()) {
    const auto file = Json::parse(text.get<std::string>());
    for (auto group : file["groups"]) {
      for (auto& rule : group["rules"])
        rule.update({{"name", rule["alert"]}, {"health", "unknown"}, {"alerts", Json::array()}});
      groups.push_back(std::move(group));
    }
  }
  return groups;
}

HttpResponse FakeCluster::object(const HttpRequest& request, const std::string& path,
                                 const std::string& query) {
  if (request.method == "POST" && path == kNamespaces) {
    const auto made = Json::parse(request.body);
    objects[path + "/" + kube::text_at(made, "metadata", "name")] = made;
    return reply(201, made);
  }
  if (request.method == "PATCH") return apply(path, Json::parse(request.body));
  if (request.method == "DELETE") return remove(path);
  if (const auto found = objects.find(path); found != objects.end())
    return reply(200, found->second);
  if (path.ends_with("/log")) return not_found(path);
  const auto last = path.substr(path.rfind('/') + 1);
  for (const char* plural : {"pods", "events", "deployments", "horizontalpodautoscalers"})
    if (last == plural) return list(path, query);
  return not_found(path);
}

HttpResponse FakeCluster::list(const std::string& path, const std::string& query) const {
  Json items = Json::array();
  for (const auto& [key, value] : objects)
    if (key.starts_with(path + "/") && key.find('/', path.size() + 1) == std::string::npos &&
        matches(value, query))
      items.push_back(value);
  return reply(200, {{"items", items}});
}

HttpResponse FakeCluster::apply(const std::string& path, const Json& patch) {
  auto& object = objects[path];
  object.merge_patch(patch);
  const auto mark = path.find("/deployments/");
  if (mark != std::string::npos && deployments_become_ready) {
    object["status"] = {
        {"replicas", 1}, {"readyReplicas", 1}, {"updatedReplicas", 1}, {"availableReplicas", 1}};
    set_pod(kube::text_at(object, "metadata", "namespace"), "target-1", ready_status());
  }
  return reply(200, object);
}

HttpResponse FakeCluster::remove(const std::string& path) {
  const bool is_namespace =
      path.starts_with(kNamespaces + "/") && path.find('/', kNamespaces.size() + 1) == path.npos;
  if (!is_namespace) {
    const auto count = std::erase_if(objects, [&](const auto& entry) {
      return entry.first == path || entry.first.starts_with(path + "/");
    });
    return count > 0 ? reply(200, Json::object()) : not_found(path);
  }
  if (namespaces_stay) {
    objects[path]["status"]["conditions"] = {
        {{"type", "X"}, {"status", "True"}, {"message", "a finalizer holds it"}}};
    return reply(200, Json::object());
  }
  const auto inside = "/namespaces/" + path.substr(kNamespaces.size() + 1);
  std::erase_if(objects, [&](const auto& entry) {
    return entry.first == path || entry.first.find(inside + "/") != std::string::npos;
  });
  return reply(200, Json::object());
}

}  // namespace plimsoll::engine::testing

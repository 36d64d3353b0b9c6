#include "scenarios/engine/kube/created_resources.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "scenarios/engine/kube/manifests.hpp"

namespace plimsoll::engine::kube {
namespace asio = boost::asio;
using nlohmann::json;
using namespace std::chrono_literals;

namespace {

constexpr int kPodLooks = 40;  // ten seconds

}  // namespace

CreatedResources::CreatedResources(ClusterApi& cluster, task::Clock& clock, std::string run,
                                   std::string in_namespace)
    : cluster_(cluster), clock_(clock), run_(std::move(run)), namespace_(std::move(in_namespace)) {}

asio::awaitable<Result<void>> CreatedResources::create_namespace(std::string scenario) {
  json object = json::object();
  object["apiVersion"] = "v1";
  object["kind"] = "Namespace";
  object["metadata"]["name"] = namespace_;
  object["metadata"]["labels"][kRunIdLabel] = run_;
  object["metadata"]["labels"][kManagedByLabel] = "plimsoll";
  object["metadata"]["labels"]["plimsoll.dev/scenario"] = std::move(scenario);
  HttpRequest request;
  request.method = "POST";
  request.target = "/api/v1/namespaces?fieldManager=plimsoll";
  request.body = object.dump();
  own_namespace_ = true;  // even if the answer is lost
  const auto created = co_await cluster_.json(std::move(request));
  if (!created) {
    const auto there = co_await cluster_.exists("/api/v1/namespaces/" + namespace_);
    if (there && !*there) own_namespace_ = false;
    co_return created.error();
  }
  co_return Result<void>{};
}

asio::awaitable<Result<void>> CreatedResources::apply(json object) {
  const auto scoped =
      co_await cluster_.namespaced(text_at(object, "apiVersion"), text_at(object, "kind"));
  if (!scoped) co_return scoped.error();
  if (*scoped) object["metadata"]["namespace"] = namespace_;
  const bool goes_with_namespace = *scoped && own_namespace_;
  if (!goes_with_namespace) {
    const auto path = co_await cluster_.path_of(object);
    if (!path) co_return path.error();
    const auto there = co_await cluster_.exists(*path);
    if (!there) co_return there.error();
    if (*there)
      co_return unavailable(fmt::format(
          "{} exists already{}; it is not this run's, so it is neither changed nor deleted",
          object_title(object), *scoped ? " in namespace " + namespace_ : ""));
    paths_.push_back(*path);
  }
  const std::string title = object_title(object);
  const auto applied = co_await cluster_.apply(std::move(object));
  if (!applied)
    co_return Error{applied.error().category,
                    fmt::format("{}: {}", title, applied.error().message)};
  co_return Result<void>{};
}

asio::awaitable<std::vector<std::string>> CreatedResources::remaining() {
  std::vector<std::string> left;
  for (const auto& path : paths_) {
    const auto there = co_await cluster_.exists(path);
    if (!there || *there) left.push_back(path);
  }
  if (own_namespace_) {
    HttpRequest request;
    request.target = "/api/v1/namespaces/" + namespace_;
    const auto answer = co_await cluster_.call(std::move(request));
    if (!answer) {
      left.push_back(fmt::format("namespace {}: {}", namespace_, answer.error().message));
    } else if (answer->status != 404) {
      const auto object = json::parse(answer->body, nullptr, false);
      std::string why;  // the namespace's conditions say what still holds it
      if (const json::json_pointer where{"/status/conditions"};
          object.is_object() && object.contains(where))
        for (const auto& condition : object.at(where))
          if (text_at(condition, "status") == "True") why += "; " + text_at(condition, "message");
      left.push_back(fmt::format("namespace {}{}", namespace_, why));
    }
    co_return left;
  }
  const auto pods =
      co_await cluster_.get(fmt::format("/api/v1/namespaces/{}/pods?labelSelector={}", namespace_,
                                        percent_encode(std::string{kRunIdLabel} + "=" + run_)));
  if (pods)
    for (const auto& pod : pods->value("items", json::array()))
      left.push_back("pod/" + text_at(pod, "metadata", "name"));
  co_return left;
}

// The namespace controller looks again only after half of the pods' grace period (16 s for the
// usual 30 s), so pods that end sooner make a run end sooner. Failures do not matter: deleting the
// namespace does the same, slowly.
asio::awaitable<void> CreatedResources::end_pods() {
  const std::string apps = "/apis/apps/v1/namespaces/" + namespace_;
  const std::array<std::string, 5> owners{apps + "/deployments", apps + "/statefulsets",
                                          apps + "/daemonsets", apps + "/replicasets",
                                          "/apis/batch/v1/namespaces/" + namespace_ + "/jobs"};
  for (const auto& owner : owners) static_cast<void>(co_await cluster_.remove(owner));
  const std::string pods = "/api/v1/namespaces/" + namespace_ + "/pods";
  const std::string quickly = pods + "?gracePeriodSeconds=1";
  static_cast<void>(co_await cluster_.remove(quickly));
  for (int i = 0; i < kPodLooks; ++i) {
    const auto list = co_await cluster_.get(pods);
    if (!list || list->value("items", json::array()).empty()) co_return;
    co_await task::pause(clock_, 250ms);
  }
}

asio::awaitable<std::vector<std::string>> CreatedResources::remove(std::chrono::seconds limit) {
  std::vector<std::string> left;
  if (!anything()) co_return left;
  const auto give_up = clock_.now() + limit;
  if (own_namespace_) co_await end_pods();
  for (;;) {
    // Asked again each time: a deletion whose request was lost must not be waited for.
    for (auto path = paths_.rbegin(); path != paths_.rend(); ++path)
      static_cast<void>(co_await cluster_.remove(*path));
    if (own_namespace_)
      static_cast<void>(co_await cluster_.remove("/api/v1/namespaces/" + namespace_));
    left = co_await remaining();
    if (left.empty() || clock_.now() >= give_up) break;
    co_await task::pause(clock_, 500ms);
  }
  if (left.empty()) {
    own_namespace_ = false;
    paths_.clear();
  }
  co_return left;
}

std::string CreatedResources::cleanup_command() const {
  if (own_namespace_) return "kubectl delete namespace " + namespace_;
  return fmt::format("kubectl -n {} delete all,configmap,secret,hpa,pdb,networkpolicy -l {}={}",
                     namespace_, kRunIdLabel, run_);
}

}  // namespace plimsoll::engine::kube

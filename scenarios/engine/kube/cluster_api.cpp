#include "scenarios/engine/kube/cluster_api.hpp"

#include <fmt/format.h>

#include <utility>

namespace plimsoll::engine::kube {
namespace asio = boost::asio;
using nlohmann::json;

namespace {

// json converts to and from nearly everything, so Result<json> has to be told which side it is.
Result<json> value(json body) {
  return Result<json>{boost::system::in_place_value, std::move(body)};
}

bool success(int status) { return status >= 200 && status < 300; }

}  // namespace

std::string failure_line(const HttpRequest& request, const HttpResponse& response) {
  const auto status = json::parse(response.body, nullptr, false);
  std::string reason = text_at(status, "message");
  if (reason.empty()) reason = text_at(status, "error");  // Prometheus
  if (reason.empty()) reason = response.body.substr(0, 300);
  for (char& c : reason)
    if (c == '\n') c = ' ';
  while (!reason.empty() && reason.back() == ' ') reason.pop_back();
  return fmt::format("{} {}: {}: {}", request.method, request.target, response.status, reason);
}

asio::awaitable<Result<json>> ClusterApi::json(HttpRequest request) {
  const auto response = co_await call(request);
  if (!response) co_return response.error();
  if (!success(response->status)) co_return unavailable(failure_line(request, *response));
  auto body = nlohmann::json::parse(response->body, nullptr, false);
  if (body.is_discarded())
    co_return unavailable(
        fmt::format("{} {}: the answer is not JSON", request.method, request.target));
  co_return value(std::move(body));
}

asio::awaitable<Result<json>> ClusterApi::get(std::string path) {
  HttpRequest request;
  request.target = std::move(path);
  co_return co_await json(std::move(request));
}

asio::awaitable<Result<std::string>> ClusterApi::text(std::string path) {
  const HttpRequest request{.target = std::move(path)};
  auto response = co_await call(request);
  if (!response) co_return response.error();
  if (!success(response->status)) co_return unavailable(failure_line(request, *response));
  co_return std::move(response->body);
}

asio::awaitable<Result<bool>> ClusterApi::exists(std::string path) {
  const HttpRequest request{.target = std::move(path)};
  const auto response = co_await call(request);
  if (!response) co_return response.error();
  if (response->status == 404) co_return false;
  if (!success(response->status)) co_return unavailable(failure_line(request, *response));
  co_return true;
}

asio::awaitable<Result<ClusterApi::Resource>> ClusterApi::resource(std::string api_version,
                                                                   std::string kind) {
  auto known = discovered_.find(api_version);
  if (known == discovered_.end()) {
    const HttpRequest request{.target = group_path(api_version)};
    const auto response = co_await call(request);
    if (!response) co_return response.error();
    if (response->status == 404)
      co_return unavailable(
          fmt::format("the cluster does not know {} (needed for kind {})", api_version, kind));
    if (!success(response->status)) co_return unavailable(failure_line(request, *response));
    const auto list = nlohmann::json::parse(response->body, nullptr, false);
    known = discovered_.try_emplace(api_version).first;
    if (list.is_object() && list.contains("resources"))
      for (const auto& entry : list["resources"]) {
        const auto name = text_at(entry, "name");
        if (name.find('/') == std::string::npos)
          known->second[text_at(entry, "kind")] = {name, entry.value("namespaced", true)};
      }
  }
  const auto found = known->second.find(kind);
  if (found == known->second.end())
    co_return unavailable(
        fmt::format("the cluster does not know kind {} in {}", kind, api_version));
  co_return found->second;
}

asio::awaitable<Result<bool>> ClusterApi::namespaced(std::string api_version, std::string kind) {
  const auto found = co_await resource(std::move(api_version), std::move(kind));
  if (!found) co_return found.error();
  co_return found->namespaced;
}

asio::awaitable<Result<std::string>> ClusterApi::path_of(const nlohmann::json& object) {
  const auto api_version = text_at(object, "apiVersion");
  const auto name = text_at(object, "metadata", "name");
  const auto in_namespace = text_at(object, "metadata", "namespace");
  const auto found = co_await resource(api_version, text_at(object, "kind"));
  if (!found) co_return found.error();
  if (!found->namespaced)
    co_return fmt::format("{}/{}/{}", group_path(api_version), found->plural, name);
  co_return fmt::format("{}/namespaces/{}/{}/{}", group_path(api_version), in_namespace,
                        found->plural, name);
}

asio::awaitable<Result<std::string>> ClusterApi::apply(nlohmann::json object) {
  const auto path = co_await path_of(object);
  if (!path) co_return path.error();
  HttpRequest request{.method = "PATCH",
                      .target = *path + "?fieldManager=plimsoll&force=true",
                      .body = object.dump(),
                      .content_type = "application/apply-patch+yaml"};
  const auto applied = co_await json(std::move(request));
  if (!applied) co_return applied.error();
  co_return *path;
}

asio::awaitable<Result<void>> ClusterApi::remove(std::string path) {
  const HttpRequest request{.method = "DELETE",
                            .target = std::move(path),
                            .body = R"({"kind":"DeleteOptions","apiVersion":"v1",)"
                                    R"("propagationPolicy":"Background"})"};
  const auto response = co_await call(request);
  if (!response) co_return response.error();
  if (response->status != 404 && !success(response->status))
    co_return unavailable(failure_line(request, *response));
  co_return Result<void>{};
}

asio::awaitable<Result<bool>> ClusterApi::allowed(Access access) {
  const nlohmann::json review{{"apiVersion", "authorization.k8s.io/v1"},
                              {"kind", "SelfSubjectAccessReview"},
                              {"spec",
                               {{"resourceAttributes",
                                 {{"verb", access.verb},
                                  {"group", access.group},
                                  {"resource", access.resource},
                                  {"subresource", access.subresource},
                                  {"namespace", access.in_namespace}}}}}};
  HttpRequest request{.method = "POST",
                      .target = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                      .body = review.dump()};
  const auto answer = co_await json(std::move(request));
  if (!answer) co_return answer.error();
  co_return answer->contains("status") && (*answer)["status"].value("allowed", false);
}

}  // namespace plimsoll::engine::kube

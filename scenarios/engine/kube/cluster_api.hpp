// A cluster as a run needs it: the Kubernetes API over HTTP and JSON (get, server-side apply,
// delete, permission questions, services through the API server's proxy), and commands in its
// containers. KubectlCluster reaches a real one; tests have one in memory. Resource paths come from
// API discovery, cached. Errors: exit code 4, one line with the API server's own words.
// Thread-safety: one executor.
// Source: https://kubernetes.io/docs/reference/using-api/api-concepts/
#pragma once
#include <boost/asio/awaitable.hpp>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/process/process.hpp"
#include "core/result/result.hpp"
#include "scenarios/engine/kube/http_client.hpp"
#include "scenarios/engine/kube/paths.hpp"

namespace plimsoll::engine::kube {

// A question to the API server: may I? Empty fields do not narrow it.
struct Access {
  std::string verb;
  std::string group;
  std::string resource;
  std::string subresource;
  std::string in_namespace;
};

// A command in a container.
struct ExecRequest {
  std::string in_namespace;
  std::string pod;
  std::string container;  // empty: the pod's first
  std::vector<std::string> command;
};

// It runs; ends it with the object. What it left running in the pod goes on.
class RemoteProcess {
 public:
  virtual ~RemoteProcess() = default;
  // A line that a user can run, "kubectl exec ...".
  [[nodiscard]] virtual const std::string& command_line() const = 0;
  // Ends when it has ended and every line it wrote was delivered.
  [[nodiscard]] virtual boost::asio::awaitable<process::Exit> finished() = 0;
  virtual void terminate() = 0;
};

class ClusterApi {
 public:
  ClusterApi() = default;
  virtual ~ClusterApi() = default;
  ClusterApi(const ClusterApi&) = delete;
  ClusterApi& operator=(const ClusterApi&) = delete;

  // Any answer, whatever its status.
  [[nodiscard]] virtual boost::asio::awaitable<Result<HttpResponse>> call(HttpRequest request) = 0;
  // Starts a command at once; its lines go to on_line from the executor.
  [[nodiscard]] virtual Result<std::unique_ptr<RemoteProcess>> exec(ExecRequest request,
                                                                    process::OnLine on_line) = 0;

  // The JSON of a 2xx answer.
  [[nodiscard]] boost::asio::awaitable<Result<nlohmann::json>> json(HttpRequest request);
  [[nodiscard]] boost::asio::awaitable<Result<nlohmann::json>> get(std::string path);
  // The text of a 2xx answer, such as a log.
  [[nodiscard]] boost::asio::awaitable<Result<std::string>> text(std::string path);
  // Whether the path exists: 404 is false, any other failure is an error.
  [[nodiscard]] boost::asio::awaitable<Result<bool>> exists(std::string path);

  // Server-side apply as field manager "plimsoll", with force. Returns the object's path.
  [[nodiscard]] boost::asio::awaitable<Result<std::string>> apply(nlohmann::json object);
  // Deletes in the background; already gone is fine.
  [[nodiscard]] boost::asio::awaitable<Result<void>> remove(std::string path);

  // The path of an object, from its apiVersion, kind, metadata.name and .namespace.
  [[nodiscard]] boost::asio::awaitable<Result<std::string>> path_of(const nlohmann::json& object);
  // Whether objects of this kind live in a namespace. Error: the cluster does not know the kind.
  [[nodiscard]] boost::asio::awaitable<Result<bool>> namespaced(std::string api_version,
                                                                std::string kind);

  [[nodiscard]] boost::asio::awaitable<Result<bool>> allowed(Access access);

 private:
  struct Resource {
    std::string plural;
    bool namespaced = true;
  };
  boost::asio::awaitable<Result<Resource>> resource(std::string api_version, std::string kind);

  std::map<std::string, std::map<std::string, Resource>> discovered_;  // apiVersion -> kind
};

// One line for a failed answer: "GET PATH: 403: pods is forbidden: ...".
[[nodiscard]] std::string failure_line(const HttpRequest& request, const HttpResponse& response);

// A string inside nested objects, empty where it is not there: text_at(pod, "metadata", "name").
template <typename... Keys>
[[nodiscard]] std::string text_at(const nlohmann::json& object, const Keys&... keys) {
  const nlohmann::json* here = &object;
  for (const char* key : {static_cast<const char*>(keys)...}) {
    if (!here->is_object() || !here->contains(key)) return {};
    here = &(*here)[key];
  }
  return here->is_string() ? here->get<std::string>() : std::string{};
}

}  // namespace plimsoll::engine::kube

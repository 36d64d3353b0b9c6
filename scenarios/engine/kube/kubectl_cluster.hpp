// The cluster that kubectl reaches: the API through its proxy, commands through `kubectl exec`, as
// a user would do it by hand. Errors: ClusterApi's. Thread-safety: one executor, one thread.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <string>
#include <utility>

#include "scenarios/engine/kube/cluster_api.hpp"
#include "scenarios/engine/kube/kubectl.hpp"

namespace plimsoll::engine::kube {

class KubectlCluster : public ClusterApi {
 public:
  // socket: of a running kubectl proxy.
  KubectlCluster(boost::asio::any_io_executor executor, Kubectl kubectl, std::string socket)
      : executor_(executor),
        kubectl_(std::move(kubectl)),
        http_(std::move(executor), std::move(socket)) {}

  [[nodiscard]] boost::asio::awaitable<Result<HttpResponse>> call(HttpRequest request) override;
  [[nodiscard]] Result<std::unique_ptr<RemoteProcess>> exec(ExecRequest request,
                                                            process::OnLine on_line) override;

 private:
  boost::asio::any_io_executor executor_;
  Kubectl kubectl_;
  HttpClient http_;
};

}  // namespace plimsoll::engine::kube

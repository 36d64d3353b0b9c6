// kubectl, the Kubernetes client of this project: it knows every login plugin (see
// docs/architecture.md). Finds it, and runs `kubectl proxy` on a unix socket in a folder that only
// this user can enter. Errors: exit code 4, one line with what kubectl said. Thread-safety: one
// executor, one thread.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "core/process/process.hpp"
#include "core/result/result.hpp"

namespace plimsoll::engine::kube {

// Which kubectl, and which cluster it speaks to. Empty: what kubectl itself would take.
struct Kubectl {
  std::string program = "kubectl";
  std::string kubeconfig;
  std::string context;

  // argv for these arguments, with --kubeconfig and --context put in front where they are set.
  [[nodiscard]] process::Argv argv(const process::Argv& arguments) const;
};

// PLIMSOLL_KUBECTL, else kubectl in PATH. Error: where it was looked for.
[[nodiscard]] Result<std::string> find_kubectl();

// The context that will be used. Error: kubectl's own words.
[[nodiscard]] boost::asio::awaitable<Result<std::string>> context_name(
    boost::asio::any_io_executor executor, Kubectl kubectl);

// A running kubectl proxy; ends, and removes its folder, with the object. Thread-safety: one
// thread.
class Proxy {
 public:
  [[nodiscard]] static boost::asio::awaitable<Result<std::unique_ptr<Proxy>>> start(
      boost::asio::any_io_executor executor, Kubectl kubectl);
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  [[nodiscard]] const std::string& socket() const noexcept { return socket_; }

  // Starts it again, on the same socket, where it has ended. Returns whether it had.
  bool revive();

 private:
  Proxy(boost::asio::any_io_executor executor, process::Argv argv, std::string folder);
  Result<void> launch();
  boost::asio::any_io_executor executor_;
  process::Argv argv_;
  std::string folder_;
  std::string socket_;
  std::string said_;  // its last line on stderr
  std::unique_ptr<process::Child> child_;
};

}  // namespace plimsoll::engine::kube

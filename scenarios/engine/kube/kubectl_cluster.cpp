#include "scenarios/engine/kube/kubectl_cluster.hpp"

#include <csignal>

#include "core/text/shell.hpp"

namespace plimsoll::engine::kube {
namespace asio = boost::asio;

namespace {

class KubectlExec : public RemoteProcess {
 public:
  KubectlExec(std::string line, process::Child child)
      : line_(std::move(line)), child_(std::move(child)) {}
  [[nodiscard]] const std::string& command_line() const override { return line_; }
  [[nodiscard]] asio::awaitable<process::Exit> finished() override { return child_.finished(); }
  void terminate() override { child_.send_signal(SIGTERM); }

 private:
  std::string line_;
  process::Child child_;
};

}  // namespace

asio::awaitable<Result<HttpResponse>> KubectlCluster::call(HttpRequest request) {
  return http_.send(std::move(request));
}

Result<std::unique_ptr<RemoteProcess>> KubectlCluster::exec(ExecRequest request,
                                                            process::OnLine on_line) {
  process::Argv arguments{"exec", "-n", request.in_namespace, request.pod};
  if (!request.container.empty()) {
    arguments.emplace_back("-c");
    arguments.push_back(request.container);
  }
  arguments.emplace_back("--");
  arguments.insert(arguments.end(), request.command.begin(), request.command.end());
  const auto argv = kubectl_.argv(arguments);
  auto child = process::Child::start(executor_, argv, std::move(on_line));
  if (!child) return child.error();
  return std::make_unique<KubectlExec>(text::shell_line(argv), std::move(*child));
}

}  // namespace plimsoll::engine::kube

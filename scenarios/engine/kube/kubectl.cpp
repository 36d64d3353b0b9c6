#include "scenarios/engine/kube/kubectl.hpp"

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace plimsoll::engine::kube {
namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;

namespace {

constexpr auto kProxyStart = 10s;
constexpr std::size_t kLongestSocketPath = 100;  // sun_path holds 108 bytes

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

// A folder of mode 0700 whose path leaves room for a socket's name.
Result<std::string> private_folder() {
  const char* temporary = std::getenv("TMPDIR");
  std::string base = temporary != nullptr && *temporary != '\0' ? temporary : "/tmp";
  if (base.size() + sizeof "/plimsoll-XXXXXX/api.sock" > kLongestSocketPath) base = "/tmp";
  std::string path = base + "/plimsoll-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr)
    return unavailable(
        fmt::format("cannot make a folder in {}: {}; set TMPDIR", base, std::strerror(errno)));
  return path;
}

// Whether something listens on a unix socket.
bool accepts(const asio::any_io_executor& executor, const std::string& path) {
  asio::local::stream_protocol::socket socket{executor};
  error_code ec;
  socket.connect(asio::local::stream_protocol::endpoint{path}, ec);
  return !ec;
}

}  // namespace

process::Argv Kubectl::argv(const process::Argv& arguments) const {
  process::Argv all{program};
  if (!kubeconfig.empty()) all.push_back("--kubeconfig=" + kubeconfig);
  if (!context.empty()) all.push_back("--context=" + context);
  all.insert(all.end(), arguments.begin(), arguments.end());
  return all;
}

Result<std::string> find_kubectl() {
  const char* chosen = std::getenv("PLIMSOLL_KUBECTL");
  if (chosen != nullptr && *chosen != '\0') {
    if (const auto found = process::find_program(chosen)) return *found;
    return unavailable(fmt::format(
        "kubectl is missing: PLIMSOLL_KUBECTL names {}, which is not a program", chosen));
  }
  // The bare name: the lines that are shown are lines that a user types.
  if (process::find_program("kubectl")) return std::string{"kubectl"};
  return unavailable("kubectl is missing: not in PATH; install it or name it in PLIMSOLL_KUBECTL");
}

asio::awaitable<Result<std::string>> context_name(asio::any_io_executor executor, Kubectl kubectl) {
  if (!kubectl.context.empty()) co_return kubectl.context;
  process::Argv argv = kubectl.argv({"config", "current-context"});
  const auto output = co_await process::run(executor, std::move(argv), 10s);
  if (!output) co_return output.error();
  if (output->exit.ok() && !output->out.empty()) co_return first_line(output->out);
  // In a pod kubectl takes the service account and has no context.
  if (std::getenv("KUBERNETES_SERVICE_HOST") != nullptr) co_return std::string{"in-cluster"};
  co_return unavailable(
      fmt::format("no cluster is named: kubectl says \"{}\"; give --kubeconfig or --context",
                  first_line(output->err)));
}

Proxy::Proxy(asio::any_io_executor executor, process::Argv argv, std::string folder)
    : executor_(std::move(executor)),
      argv_(std::move(argv)),
      folder_(std::move(folder)),
      socket_(folder_ + "/api.sock") {
  argv_.push_back("--unix-socket=" + socket_);
}

Result<void> Proxy::launch() {
  auto child = process::Child::start(executor_, argv_,
                                     [this](process::Stream stream, std::string_view line) {
                                       if (stream == process::Stream::kErr) said_ = line;
                                     });
  if (!child) return child.error();
  child_ = std::make_unique<process::Child>(std::move(*child));
  return {};
}

bool Proxy::revive() {
  if (child_ && !child_->exit()) return false;
  std::error_code ignored;
  std::filesystem::remove(socket_, ignored);
  return launch().has_value();
}

Proxy::~Proxy() {
  child_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

asio::awaitable<Result<std::unique_ptr<Proxy>>> Proxy::start(asio::any_io_executor executor,
                                                             Kubectl kubectl) {
  const auto folder = private_folder();
  if (!folder) co_return folder.error();
  process::Argv argv = kubectl.argv({"proxy"});
  std::unique_ptr<Proxy> proxy{new Proxy{executor, std::move(argv), *folder}};
  if (const auto launched = proxy->launch(); !launched) co_return launched.error();
  asio::steady_timer ready{executor};

  bool serving = false;
  // kubectl says that it serves before it does, and its socket is there before it listens.
  const auto give_up = std::chrono::steady_clock::now() + kProxyStart;
  while (!serving && !proxy->child_->exit() && std::chrono::steady_clock::now() < give_up) {
    ready.expires_after(10ms);
    error_code ec;
    co_await ready.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    serving = accepts(executor, proxy->socket_);
  }
  if (!serving)
    co_return unavailable(
        fmt::format("kubectl proxy did not start: {}",
                    proxy->said_.empty() ? "it said nothing" : first_line(proxy->said_)));
  co_return proxy;
}

}  // namespace plimsoll::engine::kube

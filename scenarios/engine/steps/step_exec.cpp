// The exec step: kubectl exec, as a user would do it by hand, in one pod or several at once.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <utility>

#include "core/cli/output.hpp"
#include "core/process/process.hpp"
#include "core/text/shell.hpp"
#include "scenarios/engine/kube/kube_view.hpp"
#include "scenarios/engine/steps/steps.hpp"

namespace plimsoll::engine::steps {
namespace asio = boost::asio;
using nlohmann::json;
using Pods = std::vector<std::string>;

namespace {

constexpr std::size_t kKeptOutput = 4U << 20U;
constexpr auto kSayEvery = std::chrono::seconds{1};

std::string codes(const std::vector<int>& expected) {
  std::string text;
  for (const int code : expected) text += (text.empty() ? "" : " or ") + std::to_string(code);
  return text;
}

bool as_expected(const std::vector<int>& expected, int code) {
  return expected.empty() || std::find(expected.begin(), expected.end(), code) != expected.end();
}

process::Argv exec_arguments(const model::Exec& exec, const std::string& in_namespace,
                             const std::string& pod) {
  process::Argv arguments{"exec", "-n", in_namespace, pod};
  if (!exec.container.empty()) {
    arguments.emplace_back("-c");
    arguments.push_back(exec.container);
  }
  arguments.emplace_back("--");
  arguments.insert(arguments.end(), exec.command.begin(), exec.command.end());
  return arguments;
}

// What a process says: all of it for the file; of a stream of lines (a burner's progress) one a
// second for the user, and the last.
class Talk {
 public:
  Talk(std::string step, const console::Console& console)
      : step_(std::move(step)), console_(console) {}
  void add(std::string_view line) {
    if (output.size() < kKeptOutput) output.append(line).append("\n");
    unsaid_ = line;
    if (!line.starts_with("command terminated")) last_word_ = line;  // kubectl's, not the process's
    const auto now = std::chrono::steady_clock::now();
    if (now - said_ < kSayEvery) return;
    said_ = now;
    finish();
  }
  void finish() {
    if (!unsaid_.empty()) console_.say(fmt::format("  {}: {}", step_, unsaid_));
    unsaid_.clear();
  }
  [[nodiscard]] const std::string& last_word() const noexcept { return last_word_; }
  std::string output;

 private:
  std::string step_;
  const console::Console& console_;
  std::string unsaid_;
  std::string last_word_;
  std::chrono::steady_clock::time_point said_{};
};

}  // namespace

asio::awaitable<Result<std::string>> Steps::workload_selector() {
  const auto& workload = context_.scenario.target.workload;
  const auto object = co_await context_.kube.get(
      fmt::format("/apis/apps/v1/namespaces/{}/{}/{}", context_.in_namespace,
                  kube::workload_plural(workload.kind), workload.name));
  if (!object) co_return object.error();
  const json::json_pointer where{"/spec/selector"};
  co_return object->contains(where) ? kube::selector_text(object->at(where)) : std::string{};
}

asio::awaitable<Result<Pods>> Steps::ready_pods(std::string selector) {
  const auto list = co_await context_.kube.get(
      fmt::format("/api/v1/namespaces/{}/pods?labelSelector={}", context_.in_namespace,
                  kube::percent_encode(selector)));
  if (!list) co_return list.error();
  Pods ready;
  for (const auto& pod : list->value("items", json::array())) {
    const auto seen = kube::view_pod(pod);
    if (seen.ready && !seen.deleting) ready.push_back(seen.name);
  }
  std::sort(ready.begin(), ready.end());  // "any" is the same pod for the same names
  if (ready.empty())
    co_return unavailable(
        fmt::format("no ready pod matches {} in namespace {}", selector, context_.in_namespace));
  co_return ready;
}

asio::awaitable<Result<Pods>> Steps::choose_pods(const model::PodChoice* choice) {
  if (const auto* named = std::get_if<model::NamedPod>(choice)) co_return Pods{named->name};
  if (const auto* selected = std::get_if<model::SelectedPods>(choice))
    co_return co_await ready_pods(selected->selector);
  const auto selector = co_await workload_selector();
  if (!selector) co_return selector.error();
  auto ready = co_await ready_pods(*selector);
  if (ready && std::holds_alternative<model::AnyPod>(*choice)) ready->resize(1);
  co_return ready;
}

asio::awaitable<StepEnd> Steps::exec(const model::Step* step, const model::Exec* exec) {
  const auto pods = co_await choose_pods(&exec->pod);
  if (!pods) co_return StepEnd::stop(pods.error());
  started(*step, *pods);

  std::vector<StepEnd> ends(pods->size());
  task::TaskGroup tasks{run_cancellation_};
  const auto one = [this, step, exec](std::string pod, StepEnd* end) -> asio::awaitable<void> {
    *end = co_await exec_in(step, exec, std::move(pod));
  };
  for (std::size_t i = 0; i < pods->size(); ++i) tasks.start(one((*pods)[i], &ends[i]));
  co_await tasks.joined();

  StepEnd worst = ends.front();
  for (const auto& end : ends) {
    if (graver(worst.outcome, end.outcome) != worst.outcome) worst = end;
    if (end.exit_code.value_or(0) != 0 && worst.exit_code.value_or(0) == 0)
      worst.exit_code = end.exit_code;
  }
  co_return worst;
}

asio::awaitable<StepEnd> Steps::exec_in(const model::Step* step, const model::Exec* exec,
                                        std::string pod) {
  const auto argv = context_.kubectl.argv(exec_arguments(*exec, context_.in_namespace, pod));
  context_.console.say("  $ " + text::shell_line(argv));

  Talk talk{step->name, context_.console};
  talk.output = "$ " + text::shell_line(argv) + "\n";
  auto child =
      process::Child::start(cancellation_.executor(), argv,
                            [&](process::Stream, std::string_view line) { talk.add(line); });
  if (!child) co_return StepEnd::stop(child.error());
  bool late = false;
  const auto hook = cancellation_.on_cancel([&] { child->send_signal(SIGTERM); });
  asio::steady_timer limit{cancellation_.executor(), asio::steady_timer::time_point::max()};
  if (step->by)
    limit.expires_after(std::chrono::duration_cast<asio::steady_timer::duration>(*step->by));
  const auto alive = std::make_shared<bool>(true);
  limit.async_wait([alive, &late, &child](const boost::system::error_code& ec) {
    if (ec || !*alive) return;
    late = true;
    child->send_signal(SIGTERM);
  });
  const auto exit = co_await child->finished();
  *alive = false;
  talk.finish();
  limit.cancel();

  const std::string file = fmt::format("{}/exec-{}-{}.log", context_.out, step->name, pod);
  talk.output += fmt::format("exit code {}\n", exit.code);
  StepEnd end;
  if (const auto written = cli::write_whole(file, talk.output); !written) {
    end = StepEnd::stop(written.error());
  } else if (late) {
    end = StepEnd::stop(
        ExitCode::kAborted,
        fmt::format("not done within {}; the process in pod {} may go on until its own limit",
                    units::format_duration(*step->by), pod));
  } else if (cancellation_.cancelled()) {
    end = interrupted();
  } else if (!as_expected(exec->expect_exit, exit.code)) {
    end = StepEnd::stop(ExitCode::kFailed,
                        fmt::format("expected exit code {}, got {} from pod {} (output: {})",
                                    codes(exec->expect_exit), exit.code, pod, file));
  }
  end.exit_code = exit.code;
  // What a killed burner said last is how far it came: supporting evidence of an OOM kill.
  if (exit.code == 128 + SIGKILL && !talk.last_word().empty())
    context_.recorder.write(log::EvidenceObservation{
        "burner", pod, exec->container, "last line before it was killed: " + talk.last_word()});
  co_return end;
}

}  // namespace plimsoll::engine::steps

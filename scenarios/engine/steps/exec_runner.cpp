#include "scenarios/engine/steps/exec_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <utility>

#include "core/cli/output.hpp"
#include "scenarios/engine/kube/kube_view.hpp"
#include "scenarios/engine/task/task_group.hpp"

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

// What a process writes: all of it for the file; of a stream of lines (a burner's progress) one a
// second for the user, and the last.
class ProcessOutput {
 public:
  explicit ProcessOutput(const ActiveStep& active) : active_(active) {}
  void add(std::string_view line) {
    if (text.size() < kKeptOutput) text.append(line).append("\n");
    unsaid_ = line;
    if (!line.starts_with("command terminated")) last_line_ = line;  // kubectl's own line
    if (said_ && active_.now() - *said_ < kSayEvery) return;
    said_ = active_.now();
    finish();
  }
  void finish() {
    if (!unsaid_.empty())
      active_.context.console.say(fmt::format("  {}: {}", active_.step.name, unsaid_));
    unsaid_.clear();
  }
  [[nodiscard]] const std::string& last_line() const noexcept { return last_line_; }
  std::string text;

 private:
  const ActiveStep& active_;
  std::string unsaid_;
  std::string last_line_;
  std::optional<task::Clock::TimePoint> said_;
};

Result<Pods> some(Pods ready, const std::string& of, const std::string& in_namespace) {
  std::sort(ready.begin(), ready.end());  // "any" is the same pod for the same names
  if (!ready.empty()) return ready;
  return unavailable(fmt::format("no ready pod matches {} in namespace {}", of, in_namespace));
}

}  // namespace

asio::awaitable<Result<Pods>> ExecRunner::observed_pods() {
  constexpr auto kNoLimit = task::Clock::TimePoint::max();
  const auto& context = active_.context;
  auto watch = active_.watch("pods");
  context.poll_now();
  while (!watch.polled())
    if (!co_await watch.next(kNoLimit)) co_return Pods{};
  if (!watch.polled()->empty()) co_return unavailable(*watch.polled());
  const auto workload = kube::workload_name(context.scenario.target.workload);
  Pods ready;
  for (const auto& [name, pod] : watch.pods().present())
    if (pod.workload == workload && pod.ready && !pod.deleting) ready.push_back(name);
  co_return some(std::move(ready), workload, context.in_namespace);
}

asio::awaitable<Result<Pods>> ExecRunner::selected_pods(std::string selector) {
  const auto& context = active_.context;
  const auto list = co_await context.cluster.get(
      fmt::format("/api/v1/namespaces/{}/pods?labelSelector={}", context.in_namespace,
                  kube::percent_encode(selector)));
  if (!list) co_return list.error();
  Pods ready;
  for (const auto& pod : list->value("items", json::array())) {
    const auto seen = kube::view_pod(pod);
    if (seen.ready && !seen.deleting) ready.push_back(seen.name);
  }
  co_return some(std::move(ready), selector, context.in_namespace);
}

asio::awaitable<Result<Pods>> ExecRunner::choose_pods() {
  if (const auto* named = std::get_if<model::NamedPod>(&exec_.pod)) co_return Pods{named->name};
  if (const auto* selected = std::get_if<model::SelectedPods>(&exec_.pod))
    co_return co_await selected_pods(selected->selector);
  auto ready = co_await observed_pods();
  if (ready && !ready->empty() && std::holds_alternative<model::AnyPod>(exec_.pod))
    ready->resize(1);
  co_return ready;
}

asio::awaitable<StepEnd> ExecRunner::run() {
  const auto pods = co_await choose_pods();
  if (active_.cancellation.cancelled()) co_return active_.interrupted();
  if (!pods) co_return StepEnd::stop(pods.error());
  active_.started(*pods);

  std::vector<StepEnd> ends(pods->size());
  task::TaskGroup tasks{active_.cancellation};
  const auto one = [this](std::string pod, StepEnd* end) -> asio::awaitable<void> {
    *end = co_await run_in(std::move(pod));
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

asio::awaitable<StepEnd> ExecRunner::run_in(std::string pod) {
  const auto& context = active_.context;
  ProcessOutput output{active_};
  kube::ExecRequest request{context.in_namespace, pod, exec_.container, exec_.command};
  auto process = context.cluster.exec(
      std::move(request), [&output](process::Stream, std::string_view line) { output.add(line); });
  if (!process) co_return StepEnd::stop(process.error());
  context.console.say("  $ " + (*process)->command_line());
  output.text = "$ " + (*process)->command_line() + "\n";

  bool late = false;
  const auto hook = active_.cancellation.on_cancel([&process] { (*process)->terminate(); });
  std::unique_ptr<task::Clock::Alarm> limit;
  if (active_.step.by)
    limit = active_.cancellation.clock().at(active_.now() + *active_.step.by, [&] {
      late = true;
      (*process)->terminate();
    });
  const auto exit = co_await (*process)->finished();
  limit.reset();
  output.finish();
  output.text += fmt::format("exit code {}\n", exit.code);
  // What a killed burner said last is how far it came: supporting evidence of an OOM kill.
  if (exit.code == 128 + SIGKILL && !output.last_line().empty())
    context.recorder.write(log::EvidenceObservation{
        "burner", pod, exec_.container, "last line before it was killed: " + output.last_line()});
  co_return end_of(pod, exit.code, output.text, late);
}

StepEnd ExecRunner::end_of(const std::string& pod, int exit_code, const std::string& output,
                           bool late) const {
  const std::string file =
      fmt::format("{}/exec-{}-{}.log", active_.context.out, active_.step.name, pod);
  StepEnd end;
  if (const auto written = cli::write_whole(file, output); !written) {
    end = StepEnd::stop(written.error());
  } else if (late) {
    end = StepEnd::stop(
        ExitCode::kAborted,
        fmt::format("not done within {}; the process in pod {} may go on until its own limit",
                    units::format_duration(*active_.step.by), pod));
  } else if (active_.cancellation.cancelled()) {
    end = active_.interrupted();
  } else if (!as_expected(exec_.expect_exit, exit_code)) {
    end = StepEnd::stop(ExitCode::kFailed,
                        fmt::format("expected exit code {}, got {} from pod {} (output: {})",
                                    codes(exec_.expect_exit), exit_code, pod, file));
  }
  end.exit_code = exit_code;
  return end;
}

}  // namespace plimsoll::engine::steps

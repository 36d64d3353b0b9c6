#include "scenarios/engine/steps/load_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/cli/output.hpp"
#include "core/load_result/load_result.hpp"
#include "core/text/shell.hpp"
#include "scenarios/engine/steps/load_job.hpp"

namespace plimsoll::engine::steps {
namespace asio = boost::asio;
using nlohmann::json;
using namespace std::chrono_literals;

namespace {

constexpr units::Duration kStartBy = 60s;   // until its pods run
constexpr units::Duration kOverrun = 90s;   // beyond the load's own time: pull, start, drain
constexpr units::Duration kUnbounded = 1h;  // where a number of requests bounds the load

bool over(const log::PodObservation& pod) {
  return pod.phase == "Succeeded" || pod.phase == "Failed";
}

std::string last_lines(const std::string& log, int count) {
  auto end = log.size();
  while (end > 0 && log[end - 1] == '\n') --end;
  auto start = end;
  for (int i = 0; i < count && start != std::string::npos && start > 0; ++i)
    start = log.rfind('\n', start - 1);
  start = start == std::string::npos || start == 0 ? 0 : start + 1;
  auto lines = log.substr(start, end - start);
  std::replace(lines.begin(), lines.end(), '\n', '|');
  return lines.substr(0, 500);
}

// loadgen's own exit codes are this project's; anything else means that it did not run as meant.
ExitCode outcome_of(int exit_code) {
  for (const auto code : {ExitCode::kPassed, ExitCode::kFailed, ExitCode::kUsage,
                          ExitCode::kInconclusive, ExitCode::kEnvironment, ExitCode::kAborted})
    if (number(code) == exit_code) return code;
  return ExitCode::kEnvironment;
}

std::vector<log::PodObservation> pods_of(const observe::Watch& watch, const std::string& job) {
  std::vector<log::PodObservation> pods;
  for (const auto& [name, pod] : watch.pods().present())
    if (pod.owner == "job/" + job) pods.push_back(pod);
  return pods;
}

}  // namespace

asio::awaitable<StepEnd> LoadRunner::run() {
  const auto& context = active_.context;
  const auto& name = active_.step.name;
  const auto arguments = loadgen_arguments(load_, context.in_namespace);
  if (!arguments) co_return StepEnd::stop(arguments.error());
  const auto lasts = load_duration(load_);
  const auto limit =
      active_.step.by.value_or((lasts == units::Duration::zero() ? kUnbounded : lasts) + kOverrun);

  LoadJob job;
  job.step = name;
  job.run = context.run;
  job.in_namespace = context.in_namespace;
  job.image_prefix = context.image_prefix;
  job.deadline_seconds = std::chrono::ceil<std::chrono::seconds>(limit).count();
  auto object = load_job(job, load_, *arguments);
  const auto applied = co_await context.created.apply(std::move(object));
  if (!applied) co_return StepEnd::stop(applied.error());
  process::Argv line = *arguments;
  line.insert(line.begin(), "loadgen");
  context.console.say(fmt::format("  job/{}: {}", load_job_name(name), text::shell_line(line)));
  co_return co_await follow_job(limit);
}

bool LoadRunner::note_start(const Pods& pods, double created) {
  std::optional<log::WallTime> first;
  for (const auto& pod : pods)
    if (const auto* container = log::Pods::container(pod, kLoadContainer))
      if (const auto at = log::parse_wall_time(container->started_at);
          at && (!first || *at < *first))
        first = at;
  if (!first) return false;
  const auto& recorder = active_.context.recorder;
  active_.started({}, std::clamp(recorder.at(*first), created, recorder.now()));
  return true;
}

asio::awaitable<StepEnd> LoadRunner::follow_job(units::Duration limit) {
  const auto job = load_job_name(active_.step.name);
  const double created = active_.context.recorder.now();
  const auto start_by = active_.now() + kStartBy;
  const auto end_by = active_.now() + limit;
  const auto workers = static_cast<std::size_t>(load_.workers);
  auto watch = active_.watch("pods");
  for (bool running = false;;) {
    auto pods = pods_of(watch, job);
    running = running || note_start(pods, created);
    if (pods.size() >= workers && std::all_of(pods.begin(), pods.end(), over))
      co_return co_await collect(std::move(pods));
    if (!running && active_.now() >= start_by) {
      std::string why = "no pod of its Job runs";
      for (const auto& pod : pods)
        if (!pod.trouble.empty()) why = pod.trouble;
      co_return StepEnd::stop(ExitCode::kEnvironment,
                              fmt::format("the load generator did not start within {}: {}",
                                          units::format_duration(kStartBy), why));
    }
    // The Job's activeDeadlineSeconds ends its pods then.
    if (active_.now() >= end_by) co_return ActiveStep::late(limit, "job/" + job + " goes on");
    if (!co_await watch.next(running ? end_by : std::min(start_by, end_by)))
      co_return active_.interrupted();
  }
}

asio::awaitable<StepEnd> LoadRunner::collect(Pods pods) {
  StepEnd end;
  int worker = 0;
  for (const auto& pod : pods)
    if (!co_await collect_worker(&pod, worker++, &end)) break;
  co_return end;
}

asio::awaitable<bool> LoadRunner::collect_worker(const log::PodObservation* pod, int worker,
                                                 StepEnd* end) {
  const auto& context = active_.context;
  const auto log =
      co_await context.cluster.text(fmt::format("/api/v1/namespaces/{}/pods/{}/log?container={}",
                                                context.in_namespace, pod->name, kLoadContainer));
  log::Termination terminated{"", -1, ""};
  if (const auto* container = log::Pods::container(*pod, kLoadContainer))
    terminated = container->terminated.value_or(terminated);
  const int exit_code = terminated.exit_code;
  end->exit_code = std::max(end->exit_code.value_or(0), exit_code);
  const auto outcome = outcome_of(exit_code);
  auto result = log ? result_in(*log) : Result<load_result::LoadResult>{log.error()};
  if (!result) {
    *end = StepEnd::stop(
        graver(ExitCode::kEnvironment, outcome),
        fmt::format("pod {} ended with exit code {} ({}) and without a result; its last lines: {}",
                    pod->name, exit_code, terminated.reason,
                    log ? last_lines(*log, 5) : log.error().message));
    end->exit_code = exit_code;
    co_return false;
  }
  const std::string suffix = load_.workers > 1 ? fmt::format("-{}", worker) : "";
  const auto file = fmt::format("{}/load-{}{}.json", context.out, active_.step.name, suffix);
  if (const auto written = cli::write_whole(file, load_result::to_json(*result).dump(2) + "\n");
      !written) {
    *end = StepEnd::stop(written.error());
    co_return false;
  }
  if (outcome != ExitCode::kPassed && graver(end->outcome, outcome) == outcome) {
    end->outcome = outcome;
    end->message = fmt::format("loadgen ended with exit code {} ({}): {}", exit_code,
                               plimsoll::name(outcome), file);
    // A threshold or a saturated generator is a finding, not a reason to stop looking.
    end->stops_the_run = outcome != ExitCode::kFailed && outcome != ExitCode::kInconclusive;
  }
  context.recorder.write(
      log::LoadObservation{active_.step.name, worker, load_.workers,
                           std::make_shared<const load_result::LoadResult>(std::move(*result))});
  co_return true;
}

}  // namespace plimsoll::engine::steps

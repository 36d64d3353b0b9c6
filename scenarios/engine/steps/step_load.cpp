// The load step: loadgen as a Job beside the target, its result read from the pods' logs.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/cli/output.hpp"
#include "core/text/shell.hpp"
#include "scenarios/engine/kube/kube_view.hpp"
#include "scenarios/engine/steps/load_job.hpp"
#include "scenarios/engine/steps/steps.hpp"

namespace plimsoll::engine::steps {
namespace asio = boost::asio;
using nlohmann::json;
using namespace std::chrono_literals;

namespace {

constexpr auto kLookEvery = 500ms;
constexpr units::Duration kStartBy = 60s;   // until its pods run
constexpr units::Duration kOverrun = 90s;   // beyond the load's own time: pull, start, drain
constexpr units::Duration kUnbounded = 1h;  // where a number of requests bounds the load

const json* load_container(const json& pod) {
  if (const json::json_pointer where{"/status/containerStatuses"}; pod.contains(where))
    for (const auto& status : pod.at(where))
      if (kube::text_at(status, "name") == kLoadContainer) return &status;
  return nullptr;
}

// When the container started, as the kubelet says it, in whole seconds.
std::optional<log::WallTime> container_start(const json& pod) {
  const auto* status = load_container(pod);
  if (status == nullptr) return {};
  for (const char* state : {"running", "terminated"})
    if (const auto at = kube::text_at(*status, "state", state, "startedAt"); !at.empty())
      return log::parse_wall_time(at);
  return {};
}

bool pod_over(const json& pod) {
  const auto phase = kube::text_at(pod, "status", "phase");
  return phase == "Succeeded" || phase == "Failed";
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

}  // namespace

asio::awaitable<StepEnd> Steps::load(const model::Step* step, const model::Load* load) {
  const auto arguments = loadgen_arguments(*load, context_.in_namespace);
  if (!arguments) co_return StepEnd::stop(arguments.error());
  const auto lasts = load_duration(*load);
  const auto limit =
      step->by.value_or((lasts == units::Duration::zero() ? kUnbounded : lasts) + kOverrun);

  LoadJob job;
  job.step = step->name;
  job.run = context_.run;
  job.in_namespace = context_.in_namespace;
  job.image_prefix = context_.image_prefix;
  job.deadline_seconds = std::chrono::ceil<std::chrono::seconds>(limit).count();
  auto object = load_job(job, *load, *arguments);
  const auto applied = co_await context_.created.apply(std::move(object));
  if (!applied) co_return StepEnd::stop(applied.error());
  process::Argv line = *arguments;
  line.insert(line.begin(), "loadgen");
  context_.console.say(
      fmt::format("  job/{}: {}", load_job_name(step->name), text::shell_line(line)));
  co_return co_await follow_job(step, load);
}

asio::awaitable<StepEnd> Steps::follow_job(const model::Step* step, const model::Load* load) {
  const std::string name = load_job_name(step->name);
  const std::string pods_path =
      fmt::format("/api/v1/namespaces/{}/pods?labelSelector={}", context_.in_namespace,
                  kube::percent_encode("batch.kubernetes.io/job-name=" + name));
  const auto created = context_.recorder.now();
  const auto start_by = std::chrono::steady_clock::now() + kStartBy;
  const auto workers = static_cast<std::size_t>(load->workers);
  for (bool running = false;;) {
    const auto list = co_await context_.kube.get(pods_path);
    const auto pods = list ? list->value("items", json::array()) : json::array();
    std::optional<log::WallTime> first;
    for (const auto& pod : pods)
      if (const auto at = container_start(pod); at && (!first || *at < *first)) first = at;
    if (!running && first) {
      running = true;
      const double happened =
          std::clamp(context_.recorder.at(*first), created, context_.recorder.now());
      started(*step, {}, happened);
    }
    if (pods.size() >= workers && std::all_of(pods.begin(), pods.end(), pod_over))
      co_return co_await collect_load(step, load, pods);
    if (!running && std::chrono::steady_clock::now() >= start_by) {
      std::string why = "no pod of its Job runs";
      for (const auto& pod : pods)
        if (const auto trouble = kube::trouble_of(pod); !trouble.empty()) why = trouble;
      co_return StepEnd::stop(ExitCode::kEnvironment,
                              fmt::format("the load generator did not start within {}: {}",
                                          units::format_duration(kStartBy), why));
    }
    // activeDeadlineSeconds takes the pods away; the Job then says why.
    const auto job = co_await context_.kube.get(
        fmt::format("/apis/batch/v1/namespaces/{}/jobs/{}", context_.in_namespace, name));
    if (const json::json_pointer where{"/status/conditions"}; job && job->contains(where))
      for (const auto& condition : job->at(where))
        if (kube::text_at(condition, "type") == "Failed" &&
            kube::text_at(condition, "status") == "True" &&
            kube::text_at(condition, "reason") == "DeadlineExceeded")
          co_return StepEnd::stop(
              ExitCode::kAborted,
              fmt::format("job/{}: {}", name, kube::text_at(condition, "message")));
    if (!co_await cancellation_.sleep(kLookEvery)) co_return interrupted();
  }
}

asio::awaitable<StepEnd> Steps::collect_load(const model::Step* step, const model::Load* load,
                                             json pods) {
  StepEnd end;
  int worker = 0;
  for (const auto& pod : pods) {
    const auto name = kube::text_at(pod, "metadata", "name");
    const auto log =
        co_await context_.kube.text(fmt::format("/api/v1/namespaces/{}/pods/{}/log?container={}",
                                                context_.in_namespace, name, kLoadContainer));
    int exit_code = -1;
    std::string reason;
    if (const auto* status = load_container(pod);
        status != nullptr && (*status)["state"].contains("terminated")) {
      exit_code = (*status)["state"]["terminated"].value("exitCode", -1);
      reason = kube::text_at(*status, "state", "terminated", "reason");
    }
    end.exit_code = std::max(end.exit_code.value_or(0), exit_code);
    auto outcome = outcome_of(exit_code);
    auto result = log ? result_in(*log) : Result<load_result::LoadResult>{log.error()};
    if (!result) {
      end = StepEnd::stop(
          graver(ExitCode::kEnvironment, outcome),
          fmt::format(
              "pod {} ended with exit code {} ({}) and without a result; its last lines: {}", name,
              exit_code, reason, log ? last_lines(*log, 5) : log.error().message));
      end.exit_code = exit_code;
      co_return end;
    }
    const std::string suffix = load->workers > 1 ? fmt::format("-{}", worker) : "";
    const auto file = fmt::format("{}/load-{}{}.json", context_.out, step->name, suffix);
    if (const auto written = cli::write_whole(file, load_result::to_json(*result).dump(2) + "\n");
        !written)
      co_return StepEnd::stop(written.error());
    if (outcome != ExitCode::kPassed && graver(end.outcome, outcome) == outcome) {
      end.outcome = outcome;
      end.message = fmt::format("loadgen ended with exit code {} ({}): {}", exit_code,
                                plimsoll::name(outcome), file);
      // A threshold or a saturated generator is a finding, not a reason to stop looking.
      end.stops_the_run = outcome != ExitCode::kFailed && outcome != ExitCode::kInconclusive;
    }
    context_.recorder.write(
        log::LoadObservation{step->name, worker, load->workers,
                             std::make_shared<const load_result::LoadResult>(std::move(*result))});
    ++worker;
  }
  co_return end;
}

}  // namespace plimsoll::engine::steps

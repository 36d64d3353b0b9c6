#include "scenarios/engine/steps/load_job.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/engine/kube/cluster_api.hpp"
#include "scenarios/engine/kube/manifests.hpp"

namespace plimsoll::engine::steps {
using nlohmann::json;

namespace {

std::string nanoseconds(units::Duration duration) { return fmt::format("{}ns", duration.count()); }

std::string kebab(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0)
      name += static_cast<char>(std::tolower(byte));
    else if (!name.empty() && name.back() != '-')
      name += '-';
  }
  name.resize(std::min<std::size_t>(name.size(), 50));
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name;
}

json container(const LoadJob& job, const std::vector<std::string>& arguments) {
  json security{{"allowPrivilegeEscalation", false},
                {"readOnlyRootFilesystem", true},
                {"runAsNonRoot", true},
                {"runAsUser", 65532},
                {"runAsGroup", 65532},
                {"capabilities", {{"drop", json::array({"ALL"})}}},
                {"seccompProfile", {{"type", "RuntimeDefault"}}}};
  return {{"name", kLoadContainer},
          {"image", job.image_prefix + "/loadgen:dev"},
          {"imagePullPolicy", "IfNotPresent"},
          {"args", arguments},
          {"resources",
           {{"requests", {{"cpu", "250m"}, {"memory", "64Mi"}}},
            {"limits", {{"cpu", "1"}, {"memory", "256Mi"}}}}},
          {"securityContext", std::move(security)}};
}

}  // namespace

Result<std::vector<std::string>> loadgen_arguments(const model::Load& load,
                                                   const std::string& in_namespace) {
  std::vector<std::string> arguments{"--json=-", "--quiet"};
  if (load.rate)
    arguments.push_back(fmt::format("--rate={}", load.rate->per_second / load.workers));
  if (load.connections) {
    if (*load.connections % load.workers != 0)
      return invalid_input(fmt::format("load: {} connections cannot be split over {} workers",
                                       *load.connections, load.workers));
    arguments.push_back(fmt::format("--connections={}", *load.connections / load.workers));
  }
  for (const auto& stage : load.stages)
    arguments.push_back(fmt::format("--stage={}{}{}:{}{}", stage.name,
                                    stage.name.empty() ? "" : "=", nanoseconds(stage.duration),
                                    stage.step ? "=" : "", stage.rate.per_second / load.workers));
  if (load.arrivals)
    arguments.push_back(*load.arrivals == model::Arrivals::kPoisson ? "--arrivals=poisson"
                                                                    : "--arrivals=constant");
  if (load.duration) arguments.push_back("--duration=" + nanoseconds(*load.duration));
  for (const auto& threshold : load.thresholds) arguments.push_back("--threshold=" + threshold);
  for (const auto& [name, value] : load.flags) arguments.push_back("--" + name + "=" + value);
  arguments.push_back(
      fmt::format("http://{}.{}.svc:{}{}", load.service, in_namespace, load.port, load.path));
  return arguments;
}

std::string load_job_name(const std::string& step) { return "load-" + kebab(step); }

json load_job(const LoadJob& job, const model::Load& load,
              const std::vector<std::string>& arguments) {
  // Not "app": a workload's or an HPA's selector must never match these pods.
  const json labels{{"app.kubernetes.io/name", "plimsoll-loadgen"},
                    {kube::kManagedByLabel, "plimsoll"},
                    {kube::kRunIdLabel, job.run},
                    {"plimsoll.dev/step", kebab(job.step)}};
  json pod{{"restartPolicy", "Never"},
           {"automountServiceAccountToken", false},
           {"enableServiceLinks", false},
           {"terminationGracePeriodSeconds", 5},
           {"containers", json::array({container(job, arguments)})}};
  json spec{{"backoffLimit", 0},
            {"completionMode", "Indexed"},
            {"completions", load.workers},
            {"parallelism", load.workers},
            {"activeDeadlineSeconds", job.deadline_seconds},
            {"template", {{"metadata", {{"labels", labels}}}, {"spec", std::move(pod)}}}};
  return {
      {"apiVersion", "batch/v1"},
      {"kind", "Job"},
      {"metadata",
       {{"name", load_job_name(job.step)}, {"namespace", job.in_namespace}, {"labels", labels}}},
      {"spec", std::move(spec)}};
}

units::Duration load_duration(const model::Load& load) {
  units::Duration total = load.duration.value_or(units::Duration::zero());
  units::Duration stages{};
  for (const auto& stage : load.stages) stages += stage.duration;
  total = std::max(total, stages);
  for (const auto& [name, value] : load.flags)
    if (name == "warmup")
      if (const auto warmup = units::parse_duration(value)) total += *warmup;
  return total;
}

Result<load_result::LoadResult> result_in(const std::string& log) {
  // The object starts a line, and nothing but whole lines follows its last brace.
  for (std::size_t start = 0; start < log.size(); start = log.find('\n', start) + 1) {
    auto end = log[start] == '{' ? log.rfind('}') : std::string::npos;
    while (end != std::string::npos && end > start) {
      auto result = nlohmann::ordered_json::parse(
          log.begin() + static_cast<std::ptrdiff_t>(start),
          log.begin() + static_cast<std::ptrdiff_t>(end) + 1, nullptr, false);
      if (result.is_object()) {
        auto load = load_result::from_json(result);
        if (load) return load;
        if (result.contains("schema") && result["schema"] == load_result::kSchema)
          return load.error();
      }
      const auto line = log.rfind('\n', end);
      end = line == std::string::npos ? line : log.rfind('}', line);
    }
    if (log.find('\n', start) == std::string::npos) break;
  }
  return unavailable("the load generator's log holds no result");
}

}  // namespace plimsoll::engine::steps

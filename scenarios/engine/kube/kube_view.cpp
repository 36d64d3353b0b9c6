#include "scenarios/engine/kube/kube_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/engine/kube/cluster_api.hpp"

namespace plimsoll::engine::kube {
using nlohmann::json;

namespace {

const json kNothing = json::object();

const json& at(const json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found == object.end() ? kNothing : *found;
}

template <typename... Keys>
int number(const json& object, const Keys*... keys) {
  const json* here = &object;
  ((here = &at(*here, keys)), ...);
  return here->is_number() ? here->get<int>() : 0;
}

bool condition_true(const json& object, const std::string& type) {
  for (const auto& condition : at(at(object, "status"), "conditions"))
    if (text_at(condition, "type") == type) return text_at(condition, "status") == "True";
  return false;
}

log::Termination view_termination(const json& terminated) {
  return {text_at(terminated, "reason"), number(terminated, "exitCode"),
          text_at(terminated, "finishedAt")};
}

log::ContainerObservation view_container(const json& status) {
  log::ContainerObservation seen;
  seen.name = text_at(status, "name");
  seen.ready = at(status, "ready") == json(true);
  seen.restarts = number(status, "restartCount");
  for (const char* state : {"running", "waiting", "terminated"})
    if (at(status, "state").contains(state)) {
      seen.state = state;
      seen.state_reason = text_at(status, "state", state, "reason");
      seen.started_at = text_at(status, "state", state, "startedAt");
    }
  if (seen.state == "terminated")
    seen.terminated = view_termination(at(at(status, "state"), "terminated"));
  if (at(status, "lastState").contains("terminated"))
    seen.last_terminated = view_termination(at(at(status, "lastState"), "terminated"));
  return seen;
}

std::string object_name(const json& involved) {
  std::string kind = text_at(involved, "kind");
  std::transform(kind.begin(), kind.end(), kind.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (kind == "horizontalpodautoscaler") kind = "hpa";
  return fmt::format("{}/{}", kind, text_at(involved, "name"));
}

bool expression_holds(const json& expression, const json& labels) {
  const auto key = text_at(expression, "key");
  const auto wanted = text_at(expression, "operator");
  const bool present = labels.contains(key);
  const auto& values = at(expression, "values");
  const bool listed =
      present && std::find(values.begin(), values.end(), labels[key]) != values.end();
  if (wanted == "Exists") return present;
  if (wanted == "DoesNotExist") return !present;
  return wanted == "In" ? listed : !listed;
}

}  // namespace

log::PodObservation view_pod(const json& pod) {
  log::PodObservation seen;
  seen.name = text_at(pod, "metadata", "name");
  seen.uid = text_at(pod, "metadata", "uid");
  seen.phase = text_at(pod, "status", "phase");
  seen.ready = condition_true(pod, "Ready");
  seen.deleting = !text_at(pod, "metadata", "deletionTimestamp").empty();
  for (const auto& status : at(at(pod, "status"), "containerStatuses"))
    seen.containers.push_back(view_container(status));
  for (const auto& owner : at(at(pod, "metadata"), "ownerReferences"))
    if (at(owner, "controller") == json(true)) seen.owner = object_name(owner);
  seen.trouble = trouble_of(pod);
  return seen;
}

log::HpaObservation view_hpa(const json& hpa) {
  log::HpaObservation seen;
  seen.name = text_at(hpa, "metadata", "name");
  seen.current = number(hpa, "status", "currentReplicas");
  seen.desired = number(hpa, "status", "desiredReplicas");
  seen.min =
      at(at(hpa, "spec"), "minReplicas").is_number() ? number(hpa, "spec", "minReplicas") : 1;
  seen.max = number(hpa, "spec", "maxReplicas");
  for (const auto& condition : at(at(hpa, "status"), "conditions"))
    seen.conditions.push_back({text_at(condition, "type"), text_at(condition, "status"),
                               text_at(condition, "reason"), text_at(condition, "message")});
  return seen;
}

log::WorkloadObservation view_workload(model::WorkloadKind kind, const json& object) {
  log::WorkloadObservation seen;
  seen.name = fmt::format("{}/{}", model::to_string(kind), text_at(object, "metadata", "name"));
  int running = 0;
  if (kind == model::WorkloadKind::kDaemonSet) {
    seen.replicas = number(object, "status", "desiredNumberScheduled");
    seen.ready = number(object, "status", "numberReady");
    seen.updated = number(object, "status", "updatedNumberScheduled");
    seen.available = number(object, "status", "numberAvailable");
    running = number(object, "status", "currentNumberScheduled");
  } else {
    const auto& replicas = at(at(object, "spec"), "replicas");
    seen.replicas = replicas.is_number() ? replicas.get<int>() : 1;
    seen.ready = number(object, "status", "readyReplicas");
    seen.updated = number(object, "status", "updatedReplicas");
    seen.available = number(object, "status", "availableReplicas");
    running = number(object, "status", "replicas");
  }
  // Older than the spec: these numbers are not about it.
  const bool current =
      number(object, "status", "observedGeneration") >= number(object, "metadata", "generation");
  seen.rolled_out = current && seen.updated == seen.replicas && seen.ready == seen.replicas &&
                    running == seen.replicas;
  return seen;
}

log::EventObservation view_event(const json& event) {
  log::EventObservation seen;
  seen.object = object_name(at(event, "involvedObject"));
  seen.type = text_at(event, "type");
  seen.reason = text_at(event, "reason");
  seen.message = text_at(event, "message");
  seen.uid = text_at(event, "metadata", "uid");
  seen.count = std::max({1, number(event, "count"), number(event, "series", "count")});
  return seen;
}

bool selects(const json& selector, const json& labels) {
  const auto& equal = at(selector, "matchLabels");
  const auto& expressions = at(selector, "matchExpressions");
  if (equal.empty() && expressions.empty()) return false;
  for (const auto& [key, value] : equal.items())
    if (!labels.contains(key) || labels[key] != value) return false;
  return std::all_of(expressions.begin(), expressions.end(),
                     [&](const json& expression) { return expression_holds(expression, labels); });
}

std::string workload_name(const model::Workload& workload) {
  return fmt::format("{}/{}", model::to_string(workload.kind), workload.name);
}

std::string workload_plural(model::WorkloadKind kind) {
  return fmt::format("{}s", model::to_string(kind));
}

std::string trouble_of(const json& pod) {
  const auto name = text_at(pod, "metadata", "name");
  for (const char* statuses : {"initContainerStatuses", "containerStatuses"})
    for (const auto& status : at(at(pod, "status"), statuses))
      for (const char* state : {"waiting", "terminated"}) {
        const auto reason = text_at(status, "state", state, "reason");
        if (reason.empty() || reason == "Completed" || reason == "ContainerCreating") continue;
        const auto message = text_at(status, "state", state, "message");
        return fmt::format("pod {}: container {} {}: {}{}{}", name, text_at(status, "name"), state,
                           reason, message.empty() ? "" : ": ", message);
      }
  for (const auto& condition : at(at(pod, "status"), "conditions"))
    if (text_at(condition, "type") == "PodScheduled" && text_at(condition, "status") == "False")
      return fmt::format("pod {}: not scheduled: {}", name, text_at(condition, "message"));
  const auto phase = text_at(pod, "status", "phase");
  if (phase == "Failed")
    return fmt::format("pod {}: failed: {} {}", name, text_at(pod, "status", "reason"),
                       text_at(pod, "status", "message"));
  if (phase != "Succeeded" && !condition_true(pod, "Ready"))
    return fmt::format("pod {}: {}, not ready", name, phase);
  return {};
}

}  // namespace plimsoll::engine::kube

#include "scenarios/engine/log/observation_json.hpp"

#include <cmath>
#include <limits>

namespace plimsoll::engine::log {

using nlohmann::json;

// Found by nlohmann::json through argument-dependent lookup; keys are the members' names.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HpaCondition, type, status, reason, message)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Termination, reason, exit_code, finished_at)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(AlertInstance, state, labels, active_at)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(AlertRule, name, group, health, last_error, own, alerts)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DeliveredAlert, status, labels, starts_at, ends_at, fingerprint)

namespace {

template <typename T>
json nullable(const std::optional<T>& value) {
  return value ? json(*value) : json(nullptr);
}

template <typename T>
std::optional<T> optional_at(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return std::nullopt;
  return found->get<T>();
}

}  // namespace

void to_json(json& object, const ContainerObservation& c) {
  object = {{"name", c.name},
            {"ready", c.ready},
            {"restarts", c.restarts},
            {"state", c.state},
            {"state_reason", c.state_reason},
            {"terminated", nullable(c.terminated)},
            {"last_terminated", nullable(c.last_terminated)}};
}

void from_json(const json& object, ContainerObservation& c) {
  object.at("name").get_to(c.name);
  c.ready = object.value("ready", false);
  object.at("restarts").get_to(c.restarts);
  object.at("state").get_to(c.state);
  c.state_reason = object.value("state_reason", "");
  c.terminated = optional_at<Termination>(object, "terminated");
  c.last_terminated = optional_at<Termination>(object, "last_terminated");
}

void to_json(json& object, const Sample& sample) {
  object = {{"labels", sample.labels}};
  if (std::isfinite(sample.value)) {
    object["value"] = sample.value;
  } else if (std::isnan(sample.value)) {
    object["value"] = "NaN";
  } else {
    object["value"] = sample.value > 0 ? "+Inf" : "-Inf";
  }
}

void from_json(const json& object, Sample& sample) {
  object.at("labels").get_to(sample.labels);
  const auto& value = object.at("value");
  if (!value.is_string()) {
    value.get_to(sample.value);
  } else if (value == "+Inf" || value == "-Inf") {
    sample.value = value == "+Inf" ? HUGE_VAL : -HUGE_VAL;
  } else {
    sample.value = std::numeric_limits<double>::quiet_NaN();
  }
}

json write(const RunObservation& run) {
  return {{"kind", "run"},
          {"run", run.run},
          {"namespace", run.namespace_name},
          {"scenario", run.scenario},
          {"kubernetes_interval", run.kubernetes_interval},
          {"prometheus_interval", run.prometheus_interval},
          {"promql_interval", run.promql_interval},
          {"receiver_interval", run.receiver_interval}};
}

json write(const MarkObservation& mark) { return {{"kind", "mark"}, {"name", mark.name}}; }

json write(const StepObservation& step) {
  json line = {{"kind", "step"}, {"name", step.name}};
  const bool start = step.event == StepObservation::Event::kStart;
  line["event"] = start ? "start" : "end";
  if (step.happened) line["happened"] = *step.happened;
  if (start) {
    line["pods"] = step.pods;
  } else {
    line["ok"] = step.ok;
    line["exit_code"] = nullable(step.exit_code);
    line["outcome"] = step.outcome;
  }
  line["message"] = step.message;
  return line;
}

json write(const HpaObservation& hpa) {
  return {
      {"kind", "hpa"},  {"name", hpa.name}, {"current", hpa.current},      {"desired", hpa.desired},
      {"min", hpa.min}, {"max", hpa.max},   {"conditions", hpa.conditions}};
}

json write(const WorkloadObservation& workload) {
  return {
      {"kind", "workload"},      {"name", workload.name},       {"replicas", workload.replicas},
      {"ready", workload.ready}, {"updated", workload.updated}, {"available", workload.available}};
}

json write(const PodObservation& pod) {
  return {{"kind", "pod"},
          {"name", pod.name},
          {"uid", pod.uid},
          {"phase", pod.phase},
          {"workload", pod.workload},
          {"ready", pod.ready},
          {"deleting", pod.deleting},
          {"containers", pod.containers}};
}

json write(const PodsObservation& pods) { return {{"kind", "pods"}, {"names", pods.names}}; }

json write(const AbsentObservation& absent) {
  return {{"kind", "absent"}, {"object", absent.object}};
}

json write(const AlertsObservation& alerts) {
  return {{"kind", "alerts"}, {"rules", alerts.rules}};
}

json write(const PromqlObservation& promql) {
  return {{"kind", "promql"}, {"expr", promql.expr}, {"samples", promql.samples}};
}

json write(const DeliveryObservation& delivery) {
  return {{"kind", "delivery"},
          {"seq", delivery.seq},
          {"receiver", delivery.receiver},
          {"status", delivery.status},
          {"group_key", delivery.group_key},
          {"alerts", delivery.alerts}};
}

json write(const EventObservation& event) {
  return {{"kind", "event"},        {"object", event.object},   {"type", event.type},
          {"reason", event.reason}, {"message", event.message}, {"uid", event.uid},
          {"count", event.count}};
}

json write(const LoadObservation& load) {
  return {{"kind", "load"},
          {"step", load.step},
          {"worker", load.worker},
          {"workers", load.workers},
          {"result", load.result}};
}

json write(const EvidenceObservation& evidence) {
  return {{"kind", "evidence"},
          {"source", evidence.source},
          {"pod", evidence.pod},
          {"container", evidence.container},
          {"message", evidence.message}};
}

json write(const NoteObservation& note) { return {{"kind", "note"}, {"text", note.text}}; }

json write(const PollOk& poll) {
  return {{"kind", "poll_ok"}, {"source", to_string(poll.source)}, {"topic", poll.topic}};
}

json write(const PollFailed& poll) {
  return {{"kind", "poll_failed"},
          {"source", to_string(poll.source)},
          {"topic", poll.topic},
          {"message", poll.message}};
}

namespace {

Source read_source(const json& line) {
  const auto name = line.at("source").get<std::string>();
  for (const auto source : {Source::kKubernetes, Source::kPrometheus, Source::kReceiver}) {
    if (name == to_string(source)) return source;
  }
  throw UnknownKind{"source " + name};
}

Observed read_run(const json& line) {
  RunObservation run;
  line.at("run").get_to(run.run);
  line.at("namespace").get_to(run.namespace_name);
  run.scenario = line.value("scenario", "");
  run.kubernetes_interval = line.value("kubernetes_interval", run.kubernetes_interval);
  run.prometheus_interval = line.value("prometheus_interval", run.prometheus_interval);
  run.promql_interval = line.value("promql_interval", run.promql_interval);
  run.receiver_interval = line.value("receiver_interval", run.receiver_interval);
  return run;
}

Observed read_step(const json& line) {
  StepObservation step;
  line.at("name").get_to(step.name);
  const auto event = line.at("event").get<std::string>();
  if (event != "start" && event != "end") throw UnknownKind{"step " + event};
  step.event = event == "start" ? StepObservation::Event::kStart : StepObservation::Event::kEnd;
  step.happened = optional_at<double>(line, "happened");
  step.pods = line.value("pods", step.pods);
  step.ok = line.value("ok", true);
  step.exit_code = optional_at<int>(line, "exit_code");
  step.outcome = line.value("outcome", 0);
  step.message = line.value("message", "");
  return step;
}

Observed read_hpa(const json& line) {
  HpaObservation hpa;
  line.at("name").get_to(hpa.name);
  line.at("current").get_to(hpa.current);
  line.at("desired").get_to(hpa.desired);
  hpa.min = line.value("min", 0);
  hpa.max = line.value("max", 0);
  hpa.conditions = line.value("conditions", hpa.conditions);
  return hpa;
}

Observed read_workload(const json& line) {
  WorkloadObservation workload;
  line.at("name").get_to(workload.name);
  line.at("replicas").get_to(workload.replicas);
  line.at("ready").get_to(workload.ready);
  workload.updated = line.value("updated", 0);
  workload.available = line.value("available", 0);
  return workload;
}

Observed read_pod(const json& line) {
  PodObservation pod;
  line.at("name").get_to(pod.name);
  line.at("uid").get_to(pod.uid);
  pod.phase = line.value("phase", "");
  pod.workload = line.value("workload", "");
  pod.ready = line.value("ready", false);
  pod.deleting = line.value("deleting", false);
  line.at("containers").get_to(pod.containers);
  return pod;
}

Observed read_delivery(const json& line) {
  DeliveryObservation delivery;
  line.at("seq").get_to(delivery.seq);
  line.at("receiver").get_to(delivery.receiver);
  line.at("status").get_to(delivery.status);
  delivery.group_key = line.value("group_key", "");
  line.at("alerts").get_to(delivery.alerts);
  return delivery;
}

Observed read_event(const json& line) {
  EventObservation event;
  line.at("object").get_to(event.object);
  event.type = line.value("type", "");
  line.at("reason").get_to(event.reason);
  event.message = line.value("message", "");
  event.uid = line.value("uid", "");
  event.count = line.value("count", 1);
  return event;
}

Observed read_evidence(const json& line) {
  return EvidenceObservation{line.at("source"), line.value("pod", ""), line.value("container", ""),
                             line.value("message", "")};
}

Observed read_poll_failed(const json& line) {
  return PollFailed{read_source(line), line.value("topic", ""), line.value("message", "")};
}

}  // namespace

Observed read(const json& line) {
  const auto kind = line.at("kind").get<std::string>();
  if (kind == "run") return read_run(line);
  if (kind == "mark") return MarkObservation{line.at("name")};
  if (kind == "step") return read_step(line);
  if (kind == "hpa") return read_hpa(line);
  if (kind == "workload") return read_workload(line);
  if (kind == "pod") return read_pod(line);
  if (kind == "pods") return PodsObservation{line.at("names")};
  if (kind == "absent") return AbsentObservation{line.at("object")};
  if (kind == "alerts") return AlertsObservation{line.at("rules")};
  if (kind == "promql") return PromqlObservation{line.at("expr"), line.at("samples")};
  if (kind == "delivery") return read_delivery(line);
  if (kind == "event") return read_event(line);
  if (kind == "load") {
    return LoadObservation{line.at("step"), line.value("worker", 0), line.value("workers", 1),
                           line.at("result")};
  }
  if (kind == "evidence") return read_evidence(line);
  if (kind == "note") return NoteObservation{line.at("text")};
  if (kind == "poll_ok") return PollOk{read_source(line), line.value("topic", "")};
  if (kind == "poll_failed") return read_poll_failed(line);
  throw UnknownKind{kind};
}

}  // namespace plimsoll::engine::log

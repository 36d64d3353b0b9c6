// The keys of each kind of observation: one list, for writing and for reading. Internal to
// observation_json.cpp, whose Writer and Reader are the archives: a required key must be there, an
// optional one keeps its default; nullable is null without a value, if_known is left out; named is
// an enumeration by name. Errors: those of the archive. Thread-safety: pure functions.
#pragma once
#include <array>
#include <concepts>
#include <type_traits>
#include <utility>

#include "scenarios/engine/log/observation.hpp"

namespace plimsoll::engine::log {

template <typename T, typename Kind>
concept Is = std::same_as<std::remove_const_t<T>, Kind>;

inline constexpr std::array kSources = {std::pair{Source::kKubernetes, "kubernetes"},
                                        std::pair{Source::kPrometheus, "prometheus"},
                                        std::pair{Source::kReceiver, "receiver"}};

void fields(auto& archive, Is<RunObservation> auto& run) {
  archive.required("run", run.run);
  archive.required("namespace", run.namespace_name);
  archive.optional("scenario", run.scenario);
  archive.optional("kubernetes_interval", run.kubernetes_interval);
  archive.optional("prometheus_interval", run.prometheus_interval);
  archive.optional("promql_interval", run.promql_interval);
  archive.optional("receiver_interval", run.receiver_interval);
}

void fields(auto& archive, Is<MarkObservation> auto& mark) { archive.required("name", mark.name); }

void fields(auto& archive, Is<StepObservation> auto& step) {
  using Event = StepObservation::Event;
  static constexpr std::array kEvents = {std::pair{Event::kStart, "start"},
                                         std::pair{Event::kEnd, "end"}};
  archive.required("name", step.name);
  archive.named("event", step.event, kEvents);
  archive.if_known("happened", step.happened);
  if (step.event == Event::kStart) {
    archive.optional("pods", step.pods);
  } else {
    archive.optional("ok", step.ok);
    archive.nullable("exit_code", step.exit_code);
    archive.optional("outcome", step.outcome);
  }
  archive.optional("message", step.message);
}

void fields(auto& archive, Is<HpaObservation> auto& hpa) {
  archive.required("name", hpa.name);
  archive.required("current", hpa.current);
  archive.required("desired", hpa.desired);
  archive.optional("min", hpa.min);
  archive.optional("max", hpa.max);
  archive.optional("conditions", hpa.conditions);
}

void fields(auto& archive, Is<WorkloadObservation> auto& workload) {
  archive.required("name", workload.name);
  archive.required("replicas", workload.replicas);
  archive.required("ready", workload.ready);
  archive.optional("updated", workload.updated);
  archive.optional("available", workload.available);
  archive.optional("rolled_out", workload.rolled_out);
}

void fields(auto& archive, Is<ContainerObservation> auto& container) {
  archive.required("name", container.name);
  archive.optional("ready", container.ready);
  archive.required("restarts", container.restarts);
  archive.required("state", container.state);
  archive.optional("state_reason", container.state_reason);
  archive.nullable("terminated", container.terminated);
  archive.nullable("last_terminated", container.last_terminated);
  archive.optional("started_at", container.started_at);
}

void fields(auto& archive, Is<PodObservation> auto& pod) {
  archive.required("name", pod.name);
  archive.required("uid", pod.uid);
  archive.optional("phase", pod.phase);
  archive.optional("workload", pod.workload);
  archive.optional("ready", pod.ready);
  archive.optional("deleting", pod.deleting);
  archive.required("containers", pod.containers);
  archive.optional("owner", pod.owner);
  archive.optional("trouble", pod.trouble);
}

void fields(auto& archive, Is<PodsObservation> auto& pods) {
  archive.required("names", pods.names);
}

void fields(auto& archive, Is<AbsentObservation> auto& absent) {
  archive.required("object", absent.object);
}

void fields(auto& archive, Is<AlertsObservation> auto& alerts) {
  archive.required("rules", alerts.rules);
}

void fields(auto& archive, Is<PromqlObservation> auto& promql) {
  archive.required("expr", promql.expr);
  archive.required("samples", promql.samples);
}

void fields(auto& archive, Is<DeliveryObservation> auto& delivery) {
  archive.required("seq", delivery.seq);
  archive.required("receiver", delivery.receiver);
  archive.required("status", delivery.status);
  archive.optional("group_key", delivery.group_key);
  archive.required("alerts", delivery.alerts);
}

void fields(auto& archive, Is<EventObservation> auto& event) {
  archive.required("object", event.object);
  archive.optional("type", event.type);
  archive.required("reason", event.reason);
  archive.optional("message", event.message);
  archive.optional("uid", event.uid);
  archive.optional("count", event.count);
}

void fields(auto& archive, Is<LoadObservation> auto& load) {
  archive.required("step", load.step);
  archive.optional("worker", load.worker);
  archive.optional("workers", load.workers);
  archive.required("result", load.result);
}

void fields(auto& archive, Is<EvidenceObservation> auto& evidence) {
  archive.required("source", evidence.source);
  archive.optional("pod", evidence.pod);
  archive.optional("container", evidence.container);
  archive.optional("message", evidence.message);
}

void fields(auto& archive, Is<NoteObservation> auto& note) { archive.required("text", note.text); }

void fields(auto& archive, Is<PollOk> auto& poll) {
  archive.named("source", poll.source, kSources);
  archive.optional("topic", poll.topic);
}

void fields(auto& archive, Is<PollFailed> auto& poll) {
  archive.named("source", poll.source, kSources);
  archive.optional("topic", poll.topic);
  archive.optional("message", poll.message);
}

}  // namespace plimsoll::engine::log

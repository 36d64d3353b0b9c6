// The observation log: what the runner saw, in order of t. The judge and the reports know nothing
// else about a run. Written as one JSON object a line (observation_json.hpp): t (seconds since the
// start of the run, monotonic), at (RFC 3339, UTC, milliseconds) and kind; the other keys are those
// of the structs below, same names. Units: seconds, unless a member says otherwise. Errors: none.
// Thread-safety: values.
//
// Coverage: the judge must know when the runner polled and got an answer. An observation is such an
// answer for its topic; where nothing changed (or nothing is there) the runner writes poll_ok
// instead; where it got no answer, poll_failed. More than three polls without an answer are a gap.
// Topics: "hpa", "workload", "pods", "events" (kubernetes), "alerts" (prometheus), "promql"
// (prometheus; only the promql observation itself counts), "deliveries" (receiver).
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/load_result/load_result.hpp"
#include "scenarios/engine/log/wall_time.hpp"

namespace plimsoll::engine::log {

using LabelMap = std::map<std::string, std::string>;

// First line of every log. Intervals are what the runner means to keep, in seconds.
struct RunObservation {
  static constexpr auto kKind = "run";
  std::string run;             // the run id
  std::string namespace_name;  // key "namespace"
  std::string scenario;        // metadata.name
  double kubernetes_interval = 1, prometheus_interval = 2, promql_interval = 5,
         receiver_interval = 1;
};

struct MarkObservation {  // "start" once before the first step, "end" once as the last
  static constexpr auto kKind = "mark";
  std::string name;
};

struct StepObservation {
  static constexpr auto kKind = "step";
  enum class Event { kStart, kEnd };
  std::string name;
  Event event = Event::kStart;
  // What the mark NAME.start or NAME.end means where the runner learns of it late: load.start is
  // the first request sent. Seconds since the start of the run; absent: t.
  std::optional<double> happened;
  std::vector<std::string> pods;  // exec: where it ran (on start)
  bool ok = true;                 // on end
  std::optional<int> exit_code;   // of the process, on end
  int outcome = 0;                // on end: the exit code of the run that this step asks for
  std::string message;
};

struct HpaCondition {
  std::string type, status, reason, message;
};
struct HpaObservation {
  static constexpr auto kKind = "hpa";
  std::string name;
  int current = 0, desired = 0, min = 0, max = 0;
  std::vector<HpaCondition> conditions;
};

struct WorkloadObservation {
  static constexpr auto kKind = "workload";
  std::string name;                                         // "deployment/target"
  int replicas = 0, ready = 0, updated = 0, available = 0;  // replicas: spec.replicas
  bool rolled_out = false;  // every replica that the newest spec asks for runs it and is ready
};

struct Termination {
  std::string reason;
  int exit_code = 0;
  std::string finished_at;  // as Kubernetes wrote it
  auto operator<=>(const Termination&) const = default;
};
struct ContainerObservation {
  std::string name;
  bool ready = false;
  int restarts = 0;
  std::string state;                           // running, waiting, terminated
  std::string state_reason;                    // CrashLoopBackOff, OOMKilled ...
  std::optional<Termination> terminated;       // when state is terminated
  std::optional<Termination> last_terminated;  // status.lastState.terminated
  std::string started_at = {};  // of the process that runs or ran, as Kubernetes wrote it
};
struct PodObservation {  // written when it changed
  static constexpr auto kKind = "pod";
  std::string name, uid, phase;
  std::string workload;  // "deployment/target" if the target's selector matches it, else empty
  bool ready = false, deleting = false;
  std::vector<ContainerObservation> containers;
  std::string owner = {};    // what controls it: "replicaset/target-6c4f", "job/load-peak"
  std::string trouble = {};  // why it is not ready, for people; empty where nothing is wrong
};
struct PodsObservation {  // all pods of the namespace; what is not named is gone
  static constexpr auto kKind = "pods";
  std::vector<std::string> names;
};

struct AbsentObservation {  // the object does not exist (any more)
  static constexpr auto kKind = "absent";
  std::string object;  // "hpa/target", "deployment/target"
};

struct AlertInstance {
  std::string state;  // inactive, pending, firing
  LabelMap labels;
  std::string active_at;
};
struct AlertRule {
  std::string name, group;
  std::string health;  // ok, err, unknown
  std::string last_error;
  bool own = false;  // has the label plimsoll_run of this run
  std::vector<AlertInstance> alerts;
};
struct AlertsObservation {  // one successful answer of /api/v1/rules?type=alert
  static constexpr auto kKind = "alerts";
  std::vector<AlertRule> rules;  // at least every rule that a claim names
};

struct Sample {
  LabelMap labels;
  double value = 0;  // NaN and infinities are strings in JSON, as Prometheus has them
};
struct PromqlObservation {  // one successful answer
  static constexpr auto kKind = "promql";
  std::string expr;  // exactly as in promql_expressions()
  std::vector<Sample> samples;
};

struct DeliveredAlert {
  std::string status;  // firing, resolved
  LabelMap labels;
  std::string starts_at, ends_at, fingerprint;
};
struct DeliveryObservation {  // one webhook post
  static constexpr auto kKind = "delivery";
  std::uint64_t seq = 0;
  std::string receiver, status, group_key;
  std::vector<DeliveredAlert> alerts;
};

struct EventObservation {  // new, or its count went up
  static constexpr auto kKind = "event";
  std::string object;  // "hpa/target": kind in lower case, hpa for HorizontalPodAutoscaler
  std::string type, reason, message, uid;
  int count = 1;
};

struct LoadObservation {  // one worker's result
  static constexpr auto kKind = "load";
  std::string step;
  int worker = 0, workers = 1;
  std::shared_ptr<const load_result::LoadResult> result;  // never null
};

// Supporting facts of an OOM kill, shown beside the kubelet's word, never instead.
struct EvidenceObservation {
  static constexpr auto kKind = "evidence";
  std::string source;  // kube-state-metrics, cgroup, vmstat, burner
  std::string pod, container;
  std::string message;  // "oom_kill counter 0 -> 1"
};

struct NoteObservation {  // what the report must name, such as shortened windows
  static constexpr auto kKind = "note";
  std::string text;
};

enum class Source { kKubernetes, kPrometheus, kReceiver };
[[nodiscard]] const char* to_string(Source source) noexcept;

struct PollOk {
  static constexpr auto kKind = "poll_ok";
  Source source = Source::kKubernetes;
  std::string topic;  // empty: every topic of the source
};
struct PollFailed {
  static constexpr auto kKind = "poll_failed";
  Source source = Source::kKubernetes;
  std::string topic;  // empty: every topic of the source; or the PromQL expression
  std::string message;
};

using Observed =
    std::variant<RunObservation, MarkObservation, StepObservation, HpaObservation,
                 WorkloadObservation, PodObservation, PodsObservation, AbsentObservation,
                 AlertsObservation, PromqlObservation, DeliveryObservation, EventObservation,
                 LoadObservation, EvidenceObservation, NoteObservation, PollOk, PollFailed>;

struct Observation {
  double t = 0;
  WallTime at{};
  Observed what;
};
using Observations = std::vector<Observation>;

}  // namespace plimsoll::engine::log

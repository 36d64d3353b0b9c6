// The observation log: what the runner saw, one JSON object a line, append-only, in order of t.
// The judge and the reports know nothing else about a run. Every line has t (seconds since the
// start of the run, monotonic), at (RFC 3339, UTC, milliseconds) and kind; the other keys are those
// of the structs below, same names. Errors: a line that cannot be read is an error with its number,
// except a torn last line, which is dropped and said. Thread-safety: values and pure functions.
//
// Coverage: the judge must know when the runner looked and got an answer. An observation is such an
// answer for its topic; where nothing changed (or nothing is there) the runner writes poll_ok
// instead; where it got no answer, poll_failed. More than three polls without an answer are a gap.
// Topics: "hpa", "workload", "pods", "events" (kubernetes), "alerts" (prometheus), "promql"
// (prometheus; only the promql observation itself counts), "deliveries" (receiver).
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/result/result.hpp"

namespace plimsoll::engine::log {

using WallTime = std::chrono::system_clock::time_point;
using LabelMap = std::map<std::string, std::string>;

// First line of every log. Intervals are what the runner means to keep, in seconds.
struct RunObservation {        // kind "run"
  std::string run;             // the run id
  std::string namespace_name;  // key "namespace"
  std::string scenario;        // metadata.name
  double kubernetes_interval = 1, prometheus_interval = 2, promql_interval = 5,
         receiver_interval = 1;
};

struct MarkObservation {  // kind "mark"; "start" once before the first step, "end" once as the last
  std::string name;
};

struct StepObservation {  // kind "step"
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
struct HpaObservation {  // kind "hpa"
  std::string name;
  int current = 0, desired = 0, min = 0, max = 0;
  std::vector<HpaCondition> conditions;
};

struct WorkloadObservation {                                // kind "workload"
  std::string name;                                         // "deployment/target"
  int replicas = 0, ready = 0, updated = 0, available = 0;  // replicas: spec.replicas
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
};
struct PodObservation {  // kind "pod": written when it changed
  std::string name, uid, phase;
  std::string workload;  // "deployment/target" if the target's selector matches it, else empty
  bool ready = false, deleting = false;
  std::vector<ContainerObservation> containers;
};
struct PodsObservation {  // kind "pods": all pods of the namespace; what is not named is gone
  std::vector<std::string> names;
};

struct AbsentObservation {  // kind "absent": the object does not exist (any more)
  std::string object;       // "hpa/target", "deployment/target"
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
struct AlertsObservation {       // kind "alerts": one successful answer of /api/v1/rules?type=alert
  std::vector<AlertRule> rules;  // at least every rule that a claim names
};

struct Sample {
  LabelMap labels;
  double value = 0;  // NaN and infinities are strings in JSON, as Prometheus has them
};
struct PromqlObservation {  // kind "promql": one successful answer
  std::string expr;         // exactly as in promql_expressions()
  std::vector<Sample> samples;
};

struct DeliveredAlert {
  std::string status;  // firing, resolved
  LabelMap labels;
  std::string starts_at, ends_at, fingerprint;
};
struct DeliveryObservation {  // kind "delivery": one webhook post
  std::uint64_t seq = 0;
  std::string receiver, status, group_key;
  std::vector<DeliveredAlert> alerts;
};

struct EventObservation {  // kind "event": new, or its count went up
  std::string object;      // "hpa/target": kind in lower case, hpa for HorizontalPodAutoscaler
  std::string type, reason, message, uid;
  int count = 1;
};

struct LoadObservation {  // kind "load": one worker's result
  std::string step;
  int worker = 0, workers = 1;
  nlohmann::json result;  // plimsoll.loadgen/v1
};

// kind "evidence": supporting facts of an OOM kill, shown beside the kubelet's word, never instead.
struct EvidenceObservation {
  std::string source;  // kube-state-metrics, cgroup, vmstat, burner
  std::string pod, container;
  std::string message;  // "oom_kill counter 0 -> 1"
};

struct NoteObservation {  // kind "note": what the report must name, such as shortened windows
  std::string text;
};

enum class Source { kKubernetes, kPrometheus, kReceiver };
[[nodiscard]] const char* to_string(Source source) noexcept;

struct PollOk {  // kind "poll_ok"
  Source source = Source::kKubernetes;
  std::string topic;  // empty: every topic of the source
};
struct PollFailed {  // kind "poll_failed"
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

// One line, without the newline. Bytes that are not UTF-8 are replaced.
[[nodiscard]] std::string to_line(const Observation& observation);
// Unknown keys are ignored, an unknown kind or a missing or ill-typed key is an error (exit 2).
[[nodiscard]] Result<Observation> from_line(std::string_view line);

struct ReadLog {
  Observations observations;
  std::string note;  // not empty: what was dropped ("observations.jsonl:812: torn last line ...")
};
[[nodiscard]] Result<ReadLog> read_log(const std::string& path);

// "2026-08-21T10:00:00.123Z" and back; nullopt where the text is no such time.
[[nodiscard]] std::string format_wall_time(WallTime time);
[[nodiscard]] std::optional<WallTime> parse_wall_time(std::string_view text);

}  // namespace plimsoll::engine::log

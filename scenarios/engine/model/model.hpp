// The scenario file as plain structs: what a reader of the YAML would say it means. parse.hpp
// fills it, validate.hpp has checked it, the runner and the judge read it. Shapes: "exactly one of"
// is a std::variant; defaults of the language are already filled in; ${...} is already replaced;
// paths are relative to the current folder or absolute. Units: core/units. Thread-safety: values.
// Source: docs/scenarios.md.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/text/problem.hpp"
#include "core/units/units.hpp"

namespace plimsoll::engine::model {

using units::Duration;

using Labels = std::vector<std::pair<std::string, std::string>>;  // in file order

// ">=3", "==1", "!=0", "<250", a bare "3" means "==3". For restarts every value counts from the
// start of the run, and is written "+1" (exactly one more) or ">=+1".
enum class Comparator { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };
struct Comparison {
  Comparator op = Comparator::kEqual;
  double value = 0;
  std::string text;  // as written, for messages
  [[nodiscard]] bool holds(double seen) const noexcept;
};

// ---- target and monitoring ---------------------------------------------------------------------

enum class WorkloadKind { kDeployment, kStatefulSet, kDaemonSet };
[[nodiscard]] const char* to_string(WorkloadKind kind) noexcept;  // "deployment"

struct Workload {
  WorkloadKind kind = WorkloadKind::kDeployment;
  std::string name;
};

struct Target {
  std::vector<std::string> manifests;  // files, folders or folders with a kustomization
  Workload workload;
  std::string container;  // empty: the pod's first container
  std::string hpa;        // empty: none
};

struct ServiceAddress {  // NAMESPACE/SERVICE:PORT
  std::string namespace_name;
  std::string service;
  std::uint16_t port = 0;
};

struct Monitoring {
  ServiceAddress prometheus{"monitoring", "prometheus", 9090};
  ServiceAddress alertmanager{"monitoring", "alertmanager", 9093};
  ServiceAddress receiver{"monitoring", "receiver", 8080};
};

// ---- steps -------------------------------------------------------------------------------------

struct Condition {  // "ScalingActive=True"
  std::string type;
  std::string status;
};

struct WaitReady {};  // every replica of the target workload is ready
struct WaitHpa {      // the target's HPA has this condition
  Condition condition;
};
struct WaitStep {  // an earlier background step has ended
  std::string step;
};
struct Wait {
  std::variant<WaitReady, WaitHpa, WaitStep> what;
};

struct Sleep {
  Duration duration{};
};

struct Stage {  // linear ramp to rate within duration, or a step to it
  Duration duration{};
  units::Rate rate;
  bool step = false;
  std::string name = "";  // of its phase in loadgen's result; empty: numbered
};

enum class Arrivals { kConstant, kPoisson };

// loadgen as a Job against http://service.NAMESPACE.svc:port/path. Durations go to loadgen as
// "<n>ns", rates as a plain number per second, so that nothing is lost in formatting.
struct Load {
  std::string service;  // default: the workload's name
  std::uint16_t port = 80;
  std::string path = "/";
  std::optional<units::Rate> rate;   // open loop: over all workers together
  std::optional<int> connections;    // over all workers together; alone: closed loop
  std::vector<Stage> stages;         // open loop; rates over all workers together
  std::optional<Arrivals> arrivals;  // open loop only
  std::optional<Duration> duration;  // absent only when stages, or the flag "requests", bound it
  int workers = 1;
  std::vector<std::string> thresholds;                     // loadgen --threshold
  std::vector<std::pair<std::string, std::string>> flags;  // any other, long name without "--"
};

struct AnyPod {};  // one ready pod of the workload; the step's claims are about that pod
struct AllPods {};
struct NamedPod {
  std::string name;
};
struct SelectedPods {  // a label selector; all ready pods that match
  std::string selector;
};
using PodChoice = std::variant<AnyPod, AllPods, NamedPod, SelectedPods>;

struct Exec {
  PodChoice pod;
  std::string container;  // default: target.container
  std::vector<std::string> command;
  std::vector<int> expect_exit;  // empty: recorded, not judged; otherwise one of these
};

struct Step {
  std::string name;  // unique; step1, step2 ... where the file gives none
  bool background = false;
  std::optional<Duration> by;  // time limit of the step
  std::variant<Wait, Sleep, Load, Exec> what;
  text::Location where;
};

// ---- claims ------------------------------------------------------------------------------------

// A moment of the run, plus an offset that may be negative.
enum class Anchor { kRunStart, kRunEnd, kStepStart, kStepEnd, kClaimAt };
struct Mark {
  Anchor anchor = Anchor::kRunStart;
  std::string name;  // of the step or the claim
  Duration offset{};
  std::string text;  // as written: "bloat.start+30s"
  text::Location where;
};

struct HpaClaim {
  std::string name;  // default: target.hpa
  std::optional<Comparison> desired_replicas;
  std::optional<Comparison> current_replicas;
  std::optional<Condition> condition;
  std::optional<Comparison> direction_changes;  // of desiredReplicas, within the window
};

struct WorkloadClaim {  // about target.workload
  std::optional<Comparison> ready_replicas;
  std::optional<Comparison> restarts;              // sum over its pods, against the start
  std::optional<Comparison> other_pods_restarted;  // its pods that no exec step was sent to
};

struct TerminationClaim {
  std::string reason;  // empty: any
  std::optional<int> exit_code;
};
struct ContainerClaim {
  std::string container;  // default: target.container
  std::optional<TerminationClaim> last_terminated;
  std::optional<Comparison> restarts;  // per pod, against the start of the run
  std::string state;                   // running, waiting, terminated; empty: not asked
  std::string state_reason;            // from "waiting/CrashLoopBackOff"
};

enum class AlertState { kPending, kFiring, kResolved };
struct AlertClaim {
  std::string name;  // filled in from ref's claim too
  std::string ref;   // a claim: the very alert that satisfied it
  AlertState state = AlertState::kFiring;
  Labels labels;
};

enum class DeliveryStatus { kFiring, kResolved };
struct DeliveryClaim {
  std::string receiver;  // empty: any
  std::optional<DeliveryStatus> status;
  std::string alert;  // alert name; empty: any of the run's namespace
  Labels labels;
  std::optional<Comparison> count;  // of notifications in the window; absent: at least one
};

struct LoadBound {
  std::string metric;     // p50 p75 p90 p95 p99 p99.9 p99.99 mean max errors rate
  Comparison comparison;  // nanoseconds; percent for errors; per second for rate
};
struct LoadClaim {
  std::string ref;  // a load step
  std::vector<LoadBound> bounds;
};

enum class OnEmpty { kInconclusive, kFail, kZero };  // kZero: only with count
struct PromqlClaim {
  enum class Over { kAny, kAll, kCount };
  std::string expr;
  Over over = Over::kAny;
  Comparison comparison;
  OnEmpty on_empty = OnEmpty::kInconclusive;
};

struct EventClaim {
  std::string object;  // "hpa/target", "pod/NAME", "pod/*"; kind in lower case as kubectl has it
  std::string reason;
  std::string message;            // empty: any
  bool message_contains = false;  // written "~text"
};

using ClaimSubject = std::variant<HpaClaim, WorkloadClaim, ContainerClaim, AlertClaim,
                                  DeliveryClaim, LoadClaim, PromqlClaim, EventClaim>;

struct Eventually {
  Mark after;
  Duration by{};  // counted from after
};
struct Between {
  Mark after;
  Duration not_before{};  // both counted from after
  Duration by{};
};
struct Always {
  Mark from, to;
};
struct Never {
  Mark from, to;
};
struct Final {  // judged once, at `to`
  Mark from, to;
};
using TemporalOperator = std::variant<Eventually, Between, Always, Never, Final>;

struct Claim {
  std::string id;  // unique, and no step has that name
  ClaimSubject subject;
  TemporalOperator temporal_operator;
  std::string expected;  // for people: "restarts +1, last terminated: OOMKilled"
  std::string window;    // "within 60s after bloat.start"
  text::Location where;
};

// ---- the whole ---------------------------------------------------------------------------------

struct Scenario {
  std::string file;
  std::string name;
  Labels labels;
  Labels params;  // after --set
  Target target;
  Monitoring monitoring;
  std::vector<std::string> rules;       // files
  std::vector<std::string> own_alerts;  // names of the alerts that those files define
  Duration timeout = std::chrono::minutes(15);
  std::vector<Step> steps;
  std::vector<Claim> claims;
  std::string resolved;  // the document after substitution, as JSON, for the run's folder
};

// The expressions that the runner has to poll, each once, in file order.
[[nodiscard]] std::vector<std::string> promql_expressions(const Scenario& scenario);

}  // namespace plimsoll::engine::model

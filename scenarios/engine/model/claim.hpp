// The claims of a scenario: a subject (what is looked at), a temporal operator (when it should be
// so). kKey is the alternative's key in the file. Units: core/units. Thread-safety: values.
// Source: docs/scenarios.md, "Claims".
#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/load_result/threshold.hpp"
#include "core/text/problem.hpp"
#include "scenarios/engine/model/values.hpp"

namespace plimsoll::engine::model {

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
  static constexpr auto kKey = "hpa";
  std::string name;  // default: target.hpa
  std::optional<Comparison> desired_replicas;
  std::optional<Comparison> current_replicas;
  std::optional<Condition> condition;
  std::optional<Comparison> direction_changes;  // of desiredReplicas, within the window
};

struct WorkloadClaim {  // about target.workload
  static constexpr auto kKey = "workload";
  std::optional<Comparison> ready_replicas;
  std::optional<Comparison> restarts;              // sum over its pods, against the start
  std::optional<Comparison> other_pods_restarted;  // its pods that no exec step was sent to
};

struct TerminationClaim {
  std::string reason;  // empty: any
  std::optional<int> exit_code;
};
struct ContainerState {
  std::string state;   // running, waiting, terminated
  std::string reason;  // from "waiting/CrashLoopBackOff"; empty: any
};
struct ContainerClaim {
  static constexpr auto kKey = "container";
  std::string container;  // default: target.container
  std::optional<TerminationClaim> last_terminated;
  std::optional<Comparison> restarts;  // per pod, against the start of the run
  std::optional<ContainerState> state;
};

enum class AlertState { kPending, kFiring, kResolved };
struct AlertClaim {
  static constexpr auto kKey = "alert";
  std::string name;  // filled in from ref's claim too
  std::string ref;   // a claim: the very alert that satisfied it
  AlertState state = AlertState::kFiring;
  Labels labels;
};

enum class DeliveryStatus { kFiring, kResolved };
struct DeliveryClaim {
  static constexpr auto kKey = "delivery";
  std::string receiver;  // empty: any
  std::optional<DeliveryStatus> status;
  std::string alert;  // alert name; empty: any of the run's namespace
  Labels labels;
  std::optional<Comparison> count;  // of notifications in the window; absent: at least one
};

struct LoadClaim {
  static constexpr auto kKey = "load";
  std::string ref;  // a load step
  std::vector<load_result::Threshold> bounds;
};

enum class OnEmpty { kInconclusive, kFail, kZero };  // kZero: only with count
struct PromqlClaim {
  static constexpr auto kKey = "promql";
  enum class Over { kAny, kAll, kCount };
  std::string expr;
  Over over = Over::kAny;
  Comparison comparison;
  OnEmpty on_empty = OnEmpty::kInconclusive;
};

struct EventClaim {
  static constexpr auto kKey = "event";
  std::string object;  // "hpa/target", "pod/NAME", "pod/*"; kind in lower case as kubectl has it
  std::string reason;
  std::string message;            // empty: any
  bool message_contains = false;  // written "~text"
};

using ClaimSubject = std::variant<HpaClaim, WorkloadClaim, ContainerClaim, AlertClaim,
                                  DeliveryClaim, LoadClaim, PromqlClaim, EventClaim>;

struct Eventually {
  static constexpr auto kKey = "eventually";
  Mark after;
  Duration by{};  // counted from after
};
struct Between {
  static constexpr auto kKey = "between";
  Mark after;
  Duration not_before{};  // both counted from after
  Duration by{};
};
struct Always {
  static constexpr auto kKey = "always";
  Mark from, to;
};
struct Never {
  static constexpr auto kKey = "never";
  Mark from, to;
};
struct Final {  // judged once, at `to`
  static constexpr auto kKey = "final";
  Mark from, to;
};
using TemporalOperator = std::variant<Eventually, Between, Always, Never, Final>;

// The marks that a window hangs on, the earlier one first.
[[nodiscard]] std::vector<Mark> marks_of(const TemporalOperator& temporal_operator);
// Whether it is about becoming so (eventually, between), not about being so.
[[nodiscard]] bool wants_transition(const TemporalOperator& temporal_operator) noexcept;

struct Claim {
  std::string id;  // unique, and no step has that name
  ClaimSubject subject;
  TemporalOperator temporal_operator;
  std::string expected;  // for people: "restarts +1, last terminated: OOMKilled"
  std::string window;    // "within 60s after bloat.start"
  text::Location where;
};

}  // namespace plimsoll::engine::model

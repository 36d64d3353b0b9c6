// The steps of a scenario: what makes things happen. A step's kind is the alternative of
// Step::what; kKey is its key in the file. Units: core/units. Thread-safety: values.
// Source: docs/scenarios.md.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/shape/stage.hpp"
#include "core/text/problem.hpp"
#include "core/units/units.hpp"
#include "scenarios/engine/model/values.hpp"

namespace plimsoll::engine::model {

struct WaitReady {};  // every replica of the target workload is ready
struct WaitHpa {      // the target's HPA has this condition
  Condition condition;
};
struct WaitStep {  // an earlier background step has ended
  std::string step;
};
struct Wait {
  static constexpr auto kKey = "wait";
  std::variant<WaitReady, WaitHpa, WaitStep> what;
};

struct Sleep {
  static constexpr auto kKey = "sleep";
  Duration duration{};
};

enum class Arrivals { kConstant, kPoisson };

// loadgen as a Job against http://service.NAMESPACE.svc:port/path. Durations go to loadgen as
// "<n>ns", rates as a plain number per second, so that nothing is lost in formatting.
struct Load {
  static constexpr auto kKey = "load";
  std::string service;  // default: the workload's name
  std::uint16_t port = 80;
  std::string path = "/";
  std::optional<units::Rate> rate;   // open loop: over all workers together
  std::optional<int> connections;    // over all workers together; alone: closed loop
  std::vector<shape::Stage> stages;  // open loop; rates over all workers together
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
  static constexpr auto kKey = "exec";
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
// "wait", "sleep", "load" or "exec".
[[nodiscard]] const char* kind_of(const Step& step) noexcept;

}  // namespace plimsoll::engine::model

// What a claim's subject was at each look: the common ground between the claim families and the
// verbs. A look holds until the next one. Units: seconds since the start of the run. Thread-safety:
// pure functions.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "scenarios/engine/log/timeline.hpp"
#include "scenarios/engine/model/model.hpp"

namespace plimsoll::engine::judge {

struct Look {
  enum class Truth { kHolds, kBreaks, kNoData };
  double t = 0;
  Truth truth = Truth::kNoData;
  std::string seen;                      // "restarts +1"; with kNoData: why there is none
  std::vector<log::LabelMap> instances;  // alerts: those that make it hold
};

struct Looks {
  std::vector<Look> looks;  // ascending; the first may be the state at the window's start
  std::vector<log::Coverage> coverage;  // a gap in any of them is a gap of the claim
  std::string nothing;                  // why there are no looks
  std::string already;                  // not empty: a miss is inconclusive, because of this
  bool cumulative = false;              // what is seen at the end hangs on the whole window
  bool may_come_later = false;          // no data at the window's start is no hole: not there yet
  bool holes_are_gaps = false;          // looks without data are told by the coverage already
};

// What is asked of a claim's family.
struct Question {
  const model::Scenario& scenario;
  const log::Timeline& timeline;
  double from = 0;      // the window's start
  double baseline = 0;  // what was so at this time already is no transition; from, or earlier where
                        // from is the at of a claim that looks elsewhere
  double to = 0;        // the window's end, as far as it is known, or now
  bool transition = false;  // eventually, between: it must become so
  bool every_pod = false;   // always, final: of several pods each must hold, else one suffices
  bool state_only = false;  // always: what was so before counts too
  std::vector<std::string> pods{};         // not empty: it is about these pods
  std::vector<log::LabelMap> instances{};  // alert with ref: it is about these alerts
};

[[nodiscard]] Looks look(const model::HpaClaim& claim, const Question& question);
[[nodiscard]] Looks look(const model::WorkloadClaim& claim, const Question& question);
[[nodiscard]] Looks look(const model::ContainerClaim& claim, const Question& question);
[[nodiscard]] Looks look(const model::AlertClaim& claim, const Question& question);
[[nodiscard]] Looks look(const model::DeliveryClaim& claim, const Question& question);
[[nodiscard]] Looks look(const model::EventClaim& claim, const Question& question);
[[nodiscard]] Looks look(const model::PromqlClaim& claim, const Question& question);
[[nodiscard]] Looks look(const model::LoadClaim& claim, const Question& question);

// Drops what lies before the window but its last look, which becomes the state at its start, and
// what lies behind it.
void cut_to_window(Looks& looks, const Question& question);

// Labels that must all be there, in an alert of the run's namespace that, where it names a pod,
// names one of ours.
[[nodiscard]] bool concerns(const log::LabelMap& labels, const model::Labels& wanted,
                            const Question& question);

}  // namespace plimsoll::engine::judge

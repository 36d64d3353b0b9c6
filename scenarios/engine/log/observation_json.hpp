// The JSON shape of each kind of observation; used by observation.cpp only. Errors: read throws
// nlohmann::json::exception where a key is missing or ill-typed, UnknownKind for a kind that is not
// one of ours. Thread-safety: pure functions.
#pragma once
#include <string>

#include "scenarios/engine/log/observation.hpp"

namespace plimsoll::engine::log {

struct UnknownKind {
  std::string kind;
};

[[nodiscard]] nlohmann::json write(const RunObservation& run);
[[nodiscard]] nlohmann::json write(const MarkObservation& mark);
[[nodiscard]] nlohmann::json write(const StepObservation& step);
[[nodiscard]] nlohmann::json write(const HpaObservation& hpa);
[[nodiscard]] nlohmann::json write(const WorkloadObservation& workload);
[[nodiscard]] nlohmann::json write(const PodObservation& pod);
[[nodiscard]] nlohmann::json write(const PodsObservation& pods);
[[nodiscard]] nlohmann::json write(const AbsentObservation& absent);
[[nodiscard]] nlohmann::json write(const AlertsObservation& alerts);
[[nodiscard]] nlohmann::json write(const PromqlObservation& promql);
[[nodiscard]] nlohmann::json write(const DeliveryObservation& delivery);
[[nodiscard]] nlohmann::json write(const EventObservation& event);
[[nodiscard]] nlohmann::json write(const LoadObservation& load);
[[nodiscard]] nlohmann::json write(const EvidenceObservation& evidence);
[[nodiscard]] nlohmann::json write(const NoteObservation& note);
[[nodiscard]] nlohmann::json write(const PollOk& poll);
[[nodiscard]] nlohmann::json write(const PollFailed& poll);

[[nodiscard]] Observed read(const nlohmann::json& line);

}  // namespace plimsoll::engine::log

// The keys of the claims that compare several things at once: one list each, for reading them and
// for describing them. Internal to parse_claims.cpp and describe_claim.cpp. visit(key, value, and
// for a comparison its quantity) is called in the order of the description. Thread-safety: pure.
#pragma once
#include <concepts>
#include <type_traits>

#include "scenarios/engine/model/claim.hpp"
#include "scenarios/engine/parse/expressions.hpp"

namespace plimsoll::engine::parse {

template <typename T, typename Claim>
concept Is = std::same_as<std::remove_const_t<T>, Claim>;

void keys(auto& visit, Is<model::HpaClaim> auto& claim) {
  visit("desiredReplicas", claim.desired_replicas, Quantity::kCount);
  visit("currentReplicas", claim.current_replicas, Quantity::kCount);
  visit("condition", claim.condition);
  visit("directionChanges", claim.direction_changes, Quantity::kCount);
}

void keys(auto& visit, Is<model::WorkloadClaim> auto& claim) {
  visit("readyReplicas", claim.ready_replicas, Quantity::kCount);
  visit("restarts", claim.restarts, Quantity::kRestarts);
  visit("otherPodsRestarted", claim.other_pods_restarted, Quantity::kCount);
}

void keys(auto& visit, Is<model::ContainerClaim> auto& claim) {
  visit("restarts", claim.restarts, Quantity::kRestarts);
  visit("lastTerminated", claim.last_terminated);
  visit("state", claim.state);
}

}  // namespace plimsoll::engine::parse

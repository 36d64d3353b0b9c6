#include <fmt/format.h>
#include <fmt/ranges.h>

#include "scenarios/engine/parse/parse_parts.hpp"

namespace plimsoll::engine::parse {
namespace {

using Parts = std::vector<std::string>;

void add(Parts& parts, const char* what, const std::optional<model::Comparison>& comparison) {
  if (comparison) parts.push_back(fmt::format("{} {}", what, comparison->text));
}

std::string in_braces(const model::Labels& labels) {
  if (labels.empty()) return "";
  Parts pairs;
  for (const auto& [name, value] : labels) pairs.push_back(fmt::format("{}=\"{}\"", name, value));
  return fmt::format("{{{}}}", fmt::join(pairs, ","));
}

const char* word(model::AlertState state) {
  return state == model::AlertState::kPending  ? "pending"
         : state == model::AlertState::kFiring ? "firing"
                                               : "resolved";
}

struct Describe {
  std::string operator()(const model::HpaClaim& claim) const {
    Parts parts;
    add(parts, "desiredReplicas", claim.desired_replicas);
    add(parts, "currentReplicas", claim.current_replicas);
    if (claim.condition) {
      parts.push_back(fmt::format("{}={}", claim.condition->type, claim.condition->status));
    }
    add(parts, "directionChanges", claim.direction_changes);
    return fmt::format("{}", fmt::join(parts, ", "));
  }
  std::string operator()(const model::WorkloadClaim& claim) const {
    Parts parts;
    add(parts, "readyReplicas", claim.ready_replicas);
    add(parts, "restarts", claim.restarts);
    add(parts, "otherPodsRestarted", claim.other_pods_restarted);
    return fmt::format("{}", fmt::join(parts, ", "));
  }
  std::string operator()(const model::ContainerClaim& claim) const {
    Parts parts;
    add(parts, "restarts", claim.restarts);
    if (const auto& last = claim.last_terminated) {
      Parts words;
      if (!last->reason.empty()) words.push_back(last->reason);
      if (last->exit_code) words.push_back(fmt::format("exit code {}", *last->exit_code));
      parts.push_back(fmt::format("last terminated: {}", fmt::join(words, ", ")));
    }
    if (!claim.state.empty()) {
      const auto& reason = claim.state_reason;
      parts.push_back(fmt::format("state {}{}{}", claim.state, reason.empty() ? "" : "/", reason));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
  }
  std::string operator()(const model::AlertClaim& claim) const {
    const auto whose = claim.ref.empty() ? "" : fmt::format(" (that of {})", claim.ref);
    return fmt::format("alert {}{} {}{}", claim.name, in_braces(claim.labels), word(claim.state),
                       whose);
  }
  std::string operator()(const model::DeliveryClaim& claim) const {
    std::string text = "notification";
    if (!claim.alert.empty()) text += " of " + claim.alert;
    text += in_braces(claim.labels);
    if (claim.status)
      text += *claim.status == model::DeliveryStatus::kFiring ? ", firing" : ", resolved";
    if (!claim.receiver.empty()) text += fmt::format(", at receiver {}", claim.receiver);
    if (claim.count) text += fmt::format(", count {}", claim.count->text);
    return text;
  }
  std::string operator()(const model::LoadClaim& claim) const {
    Parts parts;
    for (const auto& [metric, bound] : claim.bounds) add(parts, metric.c_str(), bound);
    return fmt::format("{} of {}", fmt::join(parts, ", "), claim.ref);
  }
  std::string operator()(const model::PromqlClaim& claim) const {
    const auto* over = claim.over == model::PromqlClaim::Over::kAny   ? "any"
                       : claim.over == model::PromqlClaim::Over::kAll ? "all"
                                                                      : "count";
    return fmt::format("{} {} of {}", over, claim.comparison.text, claim.expr);
  }
  std::string operator()(const model::EventClaim& claim) const {
    const auto message =
        claim.message.empty()
            ? ""
            : fmt::format(" with {}\"{}\"", claim.message_contains ? "~" : "", claim.message);
    return fmt::format("event {} of {}{}", claim.reason, claim.object, message);
  }
};

}  // namespace

void describe(model::Claim& claim) {
  claim.expected = std::visit(Describe{}, claim.subject);
  if (const auto* eventually = std::get_if<model::Eventually>(&claim.temporal_operator)) {
    claim.window =
        fmt::format("within {} after {}", short_duration(eventually->by), eventually->after.text);
  } else if (const auto* between = std::get_if<model::Between>(&claim.temporal_operator)) {
    claim.window = fmt::format("between {} and {} after {}", short_duration(between->not_before),
                               short_duration(between->by), between->after.text);
  } else if (const auto* always = std::get_if<model::Always>(&claim.temporal_operator)) {
    claim.expected.insert(0, "always ");
    claim.window = fmt::format("from {} to {}", always->from.text, always->to.text);
  } else if (const auto* never = std::get_if<model::Never>(&claim.temporal_operator)) {
    claim.expected.insert(0, "never ");
    claim.window = fmt::format("from {} to {}", never->from.text, never->to.text);
  } else {
    const auto& last = std::get<model::Final>(claim.temporal_operator);
    claim.window = fmt::format("at {}, counted from {}", last.to.text, last.from.text);
  }
}

}  // namespace plimsoll::engine::parse

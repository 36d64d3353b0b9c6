#include <fmt/format.h>

#include <array>

#include "scenarios/engine/parse/parse_parts.hpp"

namespace plimsoll::engine::parse {
namespace {

using yaml::Node;

constexpr std::array kLoadMetrics = {
    std::pair{"p50", Quantity::kLatency},    std::pair{"p75", Quantity::kLatency},
    std::pair{"p90", Quantity::kLatency},    std::pair{"p95", Quantity::kLatency},
    std::pair{"p99", Quantity::kLatency},    std::pair{"p99.9", Quantity::kLatency},
    std::pair{"p99.99", Quantity::kLatency}, std::pair{"mean", Quantity::kLatency},
    std::pair{"max", Quantity::kLatency},    std::pair{"errors", Quantity::kPercent},
    std::pair{"rate", Quantity::kRate}};

void need_one(const Fields& fields, bool has, const char* what) {
  if (!has && fields.usable()) {
    fields.problems().add(fields.node(), fmt::format("says nothing to expect: give {}", what));
  }
}

model::ClaimSubject parse_hpa(Fields& fields, const model::Target& target) {
  model::HpaClaim claim;
  claim.name = fields.text("name", target.hpa);
  claim.desired_replicas = fields.comparison("desiredReplicas", Quantity::kCount);
  claim.current_replicas = fields.comparison("currentReplicas", Quantity::kCount);
  claim.condition = fields.parsed("condition", parse_condition);
  claim.direction_changes = fields.comparison("directionChanges", Quantity::kCount);
  need_one(fields,
           fields.node().find("desiredReplicas") || fields.node().find("currentReplicas") ||
               fields.node().find("condition") || fields.node().find("directionChanges"),
           "desiredReplicas, currentReplicas, condition or directionChanges");
  if (claim.name.empty()) {
    fields.problems().add(fields.node(), "no HPA to look at: give spec.target.hpa, or name here");
  }
  return claim;
}

model::ClaimSubject parse_workload_claim(Fields& fields) {
  model::WorkloadClaim claim;
  claim.ready_replicas = fields.comparison("readyReplicas", Quantity::kCount);
  claim.restarts = fields.comparison("restarts", Quantity::kRestarts);
  claim.other_pods_restarted = fields.comparison("otherPodsRestarted", Quantity::kCount);
  need_one(fields,
           fields.node().find("readyReplicas") || fields.node().find("restarts") ||
               fields.node().find("otherPodsRestarted"),
           "readyReplicas, restarts or otherPodsRestarted");
  return claim;
}

Result<std::pair<std::string, std::string>> parse_state(std::string_view text) {
  const auto slash = text.find('/');
  const auto state = text.substr(0, slash);
  const auto reason = slash == std::string_view::npos ? "" : text.substr(slash + 1);
  const bool reason_fits =
      slash == std::string_view::npos || (state != "running" && !reason.empty());
  if ((state != "running" && state != "waiting" && state != "terminated") || !reason_fits) {
    return usage_error(
        fmt::format("'{}' is not running, waiting, terminated, or one with its reason, such as "
                    "waiting/CrashLoopBackOff",
                    text));
  }
  return std::pair{std::string(state), std::string(reason)};
}

model::ClaimSubject parse_container(Fields& fields, const model::Target& target) {
  model::ContainerClaim claim;
  claim.container = fields.text("container", target.container);
  claim.restarts = fields.comparison("restarts", Quantity::kRestarts);
  if (const auto* terminated = fields.find("lastTerminated")) {
    Fields inner(*terminated, "lastTerminated", fields.problems());
    model::TerminationClaim termination;
    termination.reason = inner.text("reason");
    termination.exit_code = inner.whole("exitCode", 0, 255);
    inner.finish();
    need_one(inner, terminated->find("reason") || terminated->find("exitCode"),
             "reason or exitCode");
    claim.last_terminated = termination;
  }
  if (const auto state = fields.parsed("state", parse_state)) {
    std::tie(claim.state, claim.state_reason) = *state;
  }
  need_one(fields,
           fields.node().find("restarts") || fields.node().find("lastTerminated") ||
               fields.node().find("state"),
           "lastTerminated, restarts or state");
  return claim;
}

model::ClaimSubject parse_alert(Fields& fields) {
  model::AlertClaim claim;
  claim.name = fields.text("name");
  claim.ref = fields.text("ref");
  if (fields.usable() && claim.name.empty() == claim.ref.empty()) {
    fields.problems().add(fields.node(), "alert needs exactly one of: name, ref");
  }
  if (claim.name.starts_with('!')) {
    fields.problems().add(*fields.node().find("name"), "'!NAME' is not supported yet");
  }
  const auto state =
      fields.need_parsed("state", [](std::string_view text) -> Result<model::AlertState> {
        if (text == "pending") return model::AlertState::kPending;
        if (text == "firing") return model::AlertState::kFiring;
        if (text == "resolved") return model::AlertState::kResolved;
        return usage_error(fmt::format("'{}' is not pending, firing or resolved", text));
      });
  claim.state = state.value_or(model::AlertState::kFiring);
  claim.labels = fields.labels("labels");
  return claim;
}

model::ClaimSubject parse_delivery(Fields& fields) {
  model::DeliveryClaim claim;
  claim.receiver = fields.text("receiver");
  claim.alert = fields.text("alert");
  claim.labels = fields.labels("labels");
  claim.count = fields.comparison("count", Quantity::kCount);
  claim.status =
      fields.parsed("status", [](std::string_view text) -> Result<model::DeliveryStatus> {
        if (text == "firing") return model::DeliveryStatus::kFiring;
        if (text == "resolved") return model::DeliveryStatus::kResolved;
        return usage_error(fmt::format("'{}' is not firing or resolved", text));
      });
  for (const auto* later : {"text", "alerts"}) fields.unsupported(later);
  return claim;
}

model::ClaimSubject parse_load_claim(Fields& fields) {
  model::LoadClaim claim;
  claim.ref = fields.need_text("ref");
  bool any = false;
  for (const auto& [metric, quantity] : kLoadMetrics) {
    any = any || fields.node().find(metric) != nullptr;
    if (auto bound = fields.comparison(metric, quantity)) {
      claim.bounds.push_back({metric, std::move(*bound)});
    }
  }
  need_one(fields, any, "a threshold such as p99, errors or rate");
  return claim;
}

model::ClaimSubject parse_promql(Fields& fields) {
  model::PromqlClaim claim;
  claim.expr = fields.need_text("expr");
  int quantifiers = 0;
  const auto quantifier = [&](const char* key, model::PromqlClaim::Over over, Quantity quantity) {
    if (fields.node().find(key) != nullptr) ++quantifiers;
    if (auto comparison = fields.comparison(key, quantity)) {
      claim.over = over;
      claim.comparison = std::move(*comparison);
    }
  };
  quantifier("any", model::PromqlClaim::Over::kAny, Quantity::kNumber);
  quantifier("all", model::PromqlClaim::Over::kAll, Quantity::kNumber);
  quantifier("count", model::PromqlClaim::Over::kCount, Quantity::kCount);
  if (quantifiers != 1 && fields.usable()) {
    fields.problems().add(fields.node(), "promql needs exactly one of: any, all, count");
  }
  const auto on_empty =
      fields.parsed("onEmpty", [](std::string_view text) -> Result<model::OnEmpty> {
        if (text == "inconclusive") return model::OnEmpty::kInconclusive;
        if (text == "fail") return model::OnEmpty::kFail;
        if (text == "zero") return model::OnEmpty::kZero;
        return usage_error(fmt::format("'{}' is not inconclusive, fail or zero", text));
      });
  claim.on_empty = on_empty.value_or(model::OnEmpty::kInconclusive);
  if (claim.on_empty == model::OnEmpty::kZero && fields.node().find("count") == nullptr) {
    fields.problems().add(*fields.node().find("onEmpty"),
                          "'zero' is for count only: no samples are no values to compare");
  }
  return claim;
}

model::ClaimSubject parse_event(Fields& fields) {
  model::EventClaim claim;
  claim.object = fields.need_text("object");
  const auto slash = claim.object.find('/');
  if (!claim.object.empty() &&
      (slash == 0 || slash == std::string::npos || slash + 1 == claim.object.size())) {
    fields.problems().add(
        *fields.node().find("object"),
        fmt::format("'{}' is not KIND/NAME, such as hpa/target or pod/*", claim.object));
  }
  claim.reason = fields.need_text("reason");
  claim.message = fields.text("message");
  claim.message_contains = claim.message.starts_with('~');
  if (claim.message_contains) claim.message.erase(0, 1);
  return claim;
}

void parse_subject(Fields& fields, const model::Target& target, model::Claim& claim) {
  int kinds = 0;
  const auto kind = [&](const char* key, auto parse) {
    const auto* node = fields.find(key);
    if (node == nullptr) return;
    ++kinds;
    Fields inner(*node, key, fields.problems());
    claim.subject = parse(inner);
    inner.finish();
  };
  kind("hpa", [&](Fields& f) { return parse_hpa(f, target); });
  kind("workload", parse_workload_claim);
  kind("container", [&](Fields& f) { return parse_container(f, target); });
  kind("alert", parse_alert);
  kind("delivery", parse_delivery);
  kind("load", parse_load_claim);
  kind("promql", parse_promql);
  kind("event", parse_event);
  if (fields.node().find("alertmanager") != nullptr) ++kinds;
  fields.unsupported("alertmanager");
  fields.unsupported("if");
  if (kinds != 1) {
    fields.problems().add(fields.node(),
                          "a claim needs exactly one of: hpa, workload, container, alert, "
                          "delivery, load, promql, event");
  }
}

// A window that could not be read keeps marks whose place is line 0: nothing more is said of it.
template <typename Span>
Span parse_span(Fields& fields) {
  Span span;
  span.from = fields.mark("from").value_or(model::Mark{});
  span.to = fields.mark("to").value_or(model::Mark{});
  return span;
}

void parse_temporal_operator(Fields& fields, model::Claim& claim) {
  int count = 0;
  const auto temporal_operator = [&](const char* key, auto parse) {
    const auto* node = fields.find(key);
    if (node == nullptr) return;
    ++count;
    Fields inner(*node, key, fields.problems());
    if (!inner.usable()) return;
    claim.temporal_operator = parse(inner);
    inner.finish();
  };
  const auto needed = [](Fields& f, const char* key) {
    return f.need_parsed(key, units::parse_duration).value_or(units::Duration{-1});
  };
  temporal_operator("eventually", [&](Fields& f) {
    return model::Eventually{f.mark("after").value_or(model::Mark{}), needed(f, "by")};
  });
  temporal_operator("between", [&](Fields& f) {
    const auto after = f.mark("after").value_or(model::Mark{});
    return model::Between{after, needed(f, "notBefore"), needed(f, "by")};
  });
  temporal_operator("always", parse_span<model::Always>);
  temporal_operator("never", parse_span<model::Never>);
  temporal_operator("final", parse_span<model::Final>);
  if (count != 1) {
    fields.problems().add(
        fields.node(), "a claim needs exactly one of: eventually, between, always, never, final");
  }
}

}  // namespace

model::Claim parse_claim(const Node& node, const model::Target& target, Problems& problems) {
  model::Claim claim;
  claim.where = problems.at(node);
  Fields fields(node, "a claim", problems);
  if (!fields.usable()) return claim;
  claim.id = fields.need_text("id");
  if (!claim.id.empty() && !is_reference_name(claim.id)) {
    problems.add(*node.find("id"),
                 fmt::format("'{}' is not an id: letters, digits, '-' and '_'", claim.id));
  }
  parse_subject(fields, target, claim);
  parse_temporal_operator(fields, claim);
  fields.finish();
  return claim;
}

}  // namespace plimsoll::engine::parse

// Claims from YAML: the subject, and the temporal operator with its window.
#include <fmt/format.h>

#include "scenarios/engine/parse/claim_keys.hpp"
#include "scenarios/engine/parse/parse_parts.hpp"

namespace plimsoll::engine::parse {
namespace {

using yaml::Node;

Result<model::ContainerState> parse_state(std::string_view text) {
  const auto slash = text.find('/');
  const auto state = text.substr(0, slash);
  const auto reason = slash == std::string_view::npos ? "" : text.substr(slash + 1);
  const bool reason_fits =
      slash == std::string_view::npos || (state != "running" && !reason.empty());
  if ((state != "running" && state != "waiting" && state != "terminated") || !reason_fits) {
    return invalid_input(
        fmt::format("'{}' is not running, waiting, terminated, or one with its reason, such as "
                    "waiting/CrashLoopBackOff",
                    text));
  }
  return model::ContainerState{std::string(state), std::string(reason)};
}

// Reads what keys() lists, of which at least one must be there.
class KeyReader {
 public:
  explicit KeyReader(Fields& fields) : fields_(fields) {}

  template <typename Claim>
  void read(Claim& claim) {
    keys(*this, claim);
    fields_.at_least_one(keys_);
  }

  void operator()(const char* key, std::optional<model::Comparison>& value, Quantity quantity) {
    keys_.emplace_back(key);
    value = fields_.comparison(key, quantity);
  }
  void operator()(const char* key, std::optional<model::Condition>& value) {
    keys_.emplace_back(key);
    value = fields_.parsed(key, parse_condition);
  }
  void operator()(const char* key, std::optional<model::ContainerState>& value) {
    keys_.emplace_back(key);
    value = fields_.parsed(key, parse_state);
  }
  void operator()(const char* key, std::optional<model::TerminationClaim>& value) {
    keys_.emplace_back(key);
    const auto* node = fields_.find(key);
    if (node == nullptr) return;
    Fields inner(*node, key, fields_.problems());
    value = model::TerminationClaim{inner.text("reason"), inner.whole("exitCode", 0, 255)};
    inner.finish();
    inner.at_least_one({"reason", "exitCode"});
  }

 private:
  Fields& fields_;
  std::vector<std::string> keys_;
};

model::ClaimSubject parse_hpa(Fields& fields, const model::Target& target) {
  model::HpaClaim claim;
  claim.name = fields.text("name", target.hpa);
  KeyReader(fields).read(claim);
  if (claim.name.empty())
    fields.problems().add(fields.node(), "no HPA to look at: give spec.target.hpa, or name here");
  return claim;
}

model::ClaimSubject parse_workload_claim(Fields& fields) {
  model::WorkloadClaim claim;
  KeyReader(fields).read(claim);
  return claim;
}

model::ClaimSubject parse_container(Fields& fields, const model::Target& target) {
  model::ContainerClaim claim;
  claim.container = fields.text("container", target.container);
  KeyReader(fields).read(claim);
  return claim;
}

model::ClaimSubject parse_alert(Fields& fields) {
  model::AlertClaim claim;
  claim.name = fields.text("name");
  claim.ref = fields.text("ref");
  if (fields.usable() && claim.name.empty() == claim.ref.empty())
    fields.problems().add(fields.node(), "alert needs exactly one of: name, ref");
  if (claim.name.starts_with('!'))
    fields.problems().add(*fields.node().find("name"), "'!NAME' is not supported yet");
  static_cast<void>(fields.need("state"));
  claim.state = fields.word("state", kAlertStates).value_or(model::AlertState::kFiring);
  claim.labels = fields.labels("labels");
  return claim;
}

model::ClaimSubject parse_delivery(Fields& fields) {
  model::DeliveryClaim claim;
  claim.receiver = fields.text("receiver");
  claim.alert = fields.text("alert");
  claim.labels = fields.labels("labels");
  claim.count = fields.comparison("count", Quantity::kCount);
  claim.status = fields.word("status", kDeliveryStatuses);
  for (const auto* later : {"text", "alerts"}) fields.unsupported(later);
  return claim;
}

model::ClaimSubject parse_load_claim(Fields& fields) {
  model::LoadClaim claim;
  claim.ref = fields.need_text("ref");
  bool any = false;
  for (const auto* metric : load_result::kMetrics) {
    any = any || fields.node().find(metric) != nullptr;
    auto bound = fields.parsed(metric, [metric](std::string_view text) {
      return load_result::Threshold::of(metric, text);
    });
    if (bound) claim.bounds.push_back(std::move(*bound));
  }
  if (!any && fields.usable()) {
    fields.problems().add(fields.node(),
                          "says nothing to expect: give a threshold such as p99, errors or rate");
  }
  return claim;
}

model::ClaimSubject parse_promql(Fields& fields) {
  model::PromqlClaim claim;
  claim.expr = fields.need_text("expr");
  std::vector<Alternative> quantifiers;
  for (const auto& [key, over] : kOver) {
    quantifiers.push_back(
        {key, [&fields, &claim, key = key, over = over](const Node&) {
           const bool count = over == model::PromqlClaim::Over::kCount;
           claim.over = over;
           claim.comparison = fields.comparison(key, count ? Quantity::kCount : Quantity::kNumber)
                                  .value_or(model::Comparison{});
         }});
  }
  fields.exactly_one(quantifiers);
  claim.on_empty = fields.word("onEmpty", kOnEmpty).value_or(model::OnEmpty::kInconclusive);
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
  const auto alternative = [&](const char* key, auto parse) -> Alternative {
    return {key, [&fields, &claim, key, parse](const Node& node) {
              Fields inner(node, key, fields.problems());
              claim.subject = parse(inner);
              inner.finish();
            }};
  };
  fields.exactly_one(
      {alternative(model::HpaClaim::kKey, [&](Fields& f) { return parse_hpa(f, target); }),
       alternative(model::WorkloadClaim::kKey, parse_workload_claim),
       alternative(model::ContainerClaim::kKey,
                   [&](Fields& f) { return parse_container(f, target); }),
       alternative(model::AlertClaim::kKey, parse_alert),
       alternative(model::DeliveryClaim::kKey, parse_delivery),
       alternative(model::LoadClaim::kKey, parse_load_claim),
       alternative(model::PromqlClaim::kKey, parse_promql),
       alternative(model::EventClaim::kKey, parse_event)},
      {"alertmanager"});
  fields.unsupported("if");
}

// A window that could not be read keeps marks whose place is line 0: validate() skips those.
template <typename Span>
Span parse_span(Fields& fields) {
  Span span;
  span.from = fields.mark("from").value_or(model::Mark{});
  span.to = fields.mark("to").value_or(model::Mark{});
  return span;
}

void parse_temporal_operator(Fields& fields, model::Claim& claim) {
  const auto alternative = [&](const char* key, auto parse) -> Alternative {
    return {key, [&fields, &claim, key, parse](const Node& node) {
              Fields inner(node, key, fields.problems());
              if (!inner.usable()) return;
              claim.temporal_operator = parse(inner);
              inner.finish();
            }};
  };
  const auto needed = [](Fields& f, const char* key) {
    return f.need_parsed(key, units::parse_duration).value_or(units::Duration{-1});
  };
  fields.exactly_one(
      {alternative(
           model::Eventually::kKey,
           [&](Fields& f) {
             return model::Eventually{f.mark("after").value_or(model::Mark{}), needed(f, "by")};
           }),
       alternative(model::Between::kKey,
                   [&](Fields& f) {
                     const auto after = f.mark("after").value_or(model::Mark{});
                     return model::Between{after, needed(f, "notBefore"), needed(f, "by")};
                   }),
       alternative(model::Always::kKey, parse_span<model::Always>),
       alternative(model::Never::kKey, parse_span<model::Never>),
       alternative(model::Final::kKey, parse_span<model::Final>)});
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

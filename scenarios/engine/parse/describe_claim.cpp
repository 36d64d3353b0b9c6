// Claims in words, for reports: what is expected, and when.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/text/label_set.hpp"
#include "scenarios/engine/parse/claim_keys.hpp"
#include "scenarios/engine/parse/parse_parts.hpp"

namespace plimsoll::engine::parse {
namespace {

using Parts = std::vector<std::string>;

// Writes out what keys() lists.
class KeyWriter {
 public:
  template <typename Claim>
  static std::string write(const Claim& claim) {
    KeyWriter writer;
    keys(writer, claim);
    return fmt::format("{}", fmt::join(writer.parts_, ", "));
  }

  void operator()(const char* key, const std::optional<model::Comparison>& value, Quantity) {
    if (value) parts_.push_back(fmt::format("{} {}", key, value->text));
  }
  void operator()(const char*, const std::optional<model::Condition>& value) {
    if (value) parts_.push_back(fmt::format("{}={}", value->type, value->status));
  }
  void operator()(const char*, const std::optional<model::TerminationClaim>& value) {
    if (!value) return;
    Parts words;
    if (!value->reason.empty()) words.push_back(value->reason);
    if (value->exit_code) words.push_back(fmt::format("exit code {}", *value->exit_code));
    parts_.push_back(fmt::format("last terminated: {}", fmt::join(words, ", ")));
  }
  void operator()(const char* key, const std::optional<model::ContainerState>& value) {
    if (!value) return;
    parts_.push_back(fmt::format("{} {}{}{}", key, value->state, value->reason.empty() ? "" : "/",
                                 value->reason));
  }

 private:
  Parts parts_;
};

struct Describe {
  std::string operator()(const model::HpaClaim& claim) const { return KeyWriter::write(claim); }
  std::string operator()(const model::WorkloadClaim& claim) const {
    return KeyWriter::write(claim);
  }
  std::string operator()(const model::ContainerClaim& claim) const {
    return KeyWriter::write(claim);
  }
  std::string operator()(const model::AlertClaim& claim) const {
    const auto whose = claim.ref.empty() ? "" : fmt::format(" (that of {})", claim.ref);
    return fmt::format("alert {}{} {}{}", claim.name, text::label_set(claim.labels),
                       word_for(claim.state, kAlertStates), whose);
  }
  std::string operator()(const model::DeliveryClaim& claim) const {
    std::string text = "notification";
    if (!claim.alert.empty()) text += " of " + claim.alert;
    text += text::label_set(claim.labels);
    if (claim.status) text += fmt::format(", {}", word_for(*claim.status, kDeliveryStatuses));
    if (!claim.receiver.empty()) text += fmt::format(", at receiver {}", claim.receiver);
    if (claim.count) text += fmt::format(", count {}", claim.count->text);
    return text;
  }
  std::string operator()(const model::LoadClaim& claim) const {
    Parts parts;
    for (const auto& bound : claim.bounds)
      parts.push_back(fmt::format("{} {}", bound.metric(), bound.bound()));
    return fmt::format("{} of {}", fmt::join(parts, ", "), claim.ref);
  }
  std::string operator()(const model::PromqlClaim& claim) const {
    return fmt::format("{} {} of {}", word_for(claim.over, kOver), claim.comparison.text,
                       claim.expr);
  }
  std::string operator()(const model::EventClaim& claim) const {
    const auto message =
        claim.message.empty()
            ? ""
            : fmt::format(" with {}\"{}\"", claim.message_contains ? "~" : "", claim.message);
    return fmt::format("event {} of {}{}", claim.reason, claim.object, message);
  }
};

struct DescribeWindow {
  std::string operator()(const model::Eventually& within) const {
    return fmt::format("within {} after {}", short_duration(within.by), within.after.text);
  }
  std::string operator()(const model::Between& between) const {
    return fmt::format("between {} and {} after {}", short_duration(between.not_before),
                       short_duration(between.by), between.after.text);
  }
  std::string operator()(const model::Final& last) const {
    return fmt::format("at {}, counted from {}", last.to.text, last.from.text);
  }
  std::string operator()(const auto& throughout) const {  // always, never
    return fmt::format("from {} to {}", throughout.from.text, throughout.to.text);
  }
};

}  // namespace

void describe(model::Claim& claim) {
  claim.expected = std::visit(Describe{}, claim.subject);
  claim.window = std::visit(DescribeWindow{}, claim.temporal_operator);
  const bool always = std::holds_alternative<model::Always>(claim.temporal_operator);
  const bool never = std::holds_alternative<model::Never>(claim.temporal_operator);
  if (always) claim.expected.insert(0, "always ");
  if (never) claim.expected.insert(0, "never ");
}

}  // namespace plimsoll::engine::parse

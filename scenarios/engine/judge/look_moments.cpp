// The claims about what happens at a moment and is counted: notifications and events.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/engine/judge/looks.hpp"

namespace plimsoll::engine::judge {
namespace {

using Truth = Look::Truth;

// Whether one of the notification's alerts is meant.
bool fits(const model::DeliveryClaim& claim, const log::DeliveryObservation& delivery,
          const Question& question) {
  if (!claim.receiver.empty() && claim.receiver != delivery.receiver) return false;
  auto wanted = claim.labels;
  if (!claim.alert.empty()) wanted.emplace_back("alertname", claim.alert);
  const auto& own = question.scenario.own_alerts;
  if (std::find(own.begin(), own.end(), claim.alert) != own.end()) {
    wanted.emplace_back("plimsoll_run", question.timeline.run().run);
  }
  return std::any_of(delivery.alerts.begin(), delivery.alerts.end(), [&](const auto& alert) {
    if (claim.status) {
      const bool firing = alert.status == "firing";
      if (firing != (*claim.status == model::DeliveryStatus::kFiring)) return false;
    }
    return concerns(alert.labels, wanted, question);
  });
}

bool fits(const model::EventClaim& claim, const log::EventObservation& event) {
  const bool any_name = claim.object.ends_with('*');
  const auto object = std::string_view(claim.object).substr(0, claim.object.size() - 1);
  if (any_name ? !event.object.starts_with(object) : event.object != claim.object) return false;
  if (claim.reason != event.reason) return false;
  if (claim.message_contains) return event.message.find(claim.message) != std::string::npos;
  return claim.message.empty() || claim.message == event.message;
}

// A look per match, with the count up to it; the first one, at the window's start, is before any.
class Counter {
 public:
  Counter(Looks& looks, const Question& question, std::optional<model::Comparison> expected,
          std::string one)
      : looks_(looks), question_(question), expected_(std::move(expected)), one_(std::move(one)) {
    looks_.cumulative = true;
    look(question_.from, "");
  }

  void match(double t, const std::string& what) {
    if (t <= question_.baseline || t > question_.to) return;
    ++count_;
    look(std::max(t, question_.from), what);
  }

 private:
  void look(double t, const std::string& what) {
    const bool holds = expected_ ? expected_->holds(count_) : count_ > 0;
    auto seen = count_ == 0 ? "no " + one_ : fmt::format("{} {}", count_, one_);
    if (count_ > 1) seen += "s";
    if (!what.empty()) seen += ", the last: " + what;
    looks_.looks.push_back({t, holds ? Truth::kHolds : Truth::kBreaks, std::move(seen), {}});
  }

  Looks& looks_;
  const Question& question_;
  std::optional<model::Comparison> expected_;
  std::string one_;
  int count_ = 0;
};

}  // namespace

Looks look(const model::DeliveryClaim& claim, const Question& question) {
  Looks looks;
  looks.coverage.push_back(question.timeline.of("deliveries", "deliveries"));
  Counter counter(looks, question, claim.count, "notification");
  for (const auto& [t, at, what] : question.timeline.observations()) {
    const auto* delivery = std::get_if<log::DeliveryObservation>(&what);
    if (delivery == nullptr || !fits(claim, *delivery, question)) continue;
    counter.match(t, fmt::format("{} at {}", delivery->status, delivery->receiver));
  }
  return looks;
}

Looks look(const model::EventClaim& claim, const Question& question) {
  Looks looks;
  looks.coverage.push_back(question.timeline.of("events", "events"));
  Counter counter(looks, question, std::nullopt, "event");
  for (const auto& [t, at, what] : question.timeline.observations()) {
    const auto* event = std::get_if<log::EventObservation>(&what);
    if (event != nullptr && fits(claim, *event)) counter.match(t, event->message);
  }
  return looks;
}

}  // namespace plimsoll::engine::judge

// Claims about what occurs at a moment and is counted: deliveries (notifications) and events.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/engine/judge/evaluation.hpp"

namespace plimsoll::engine::judge {
namespace {

using Truth = Evaluation::Truth;

// Whether one of the notification's alerts is one that the claim is about.
bool matches(const model::DeliveryClaim& claim, const log::DeliveryObservation& delivery,
             const EvaluationContext& context) {
  if (!claim.receiver.empty() && claim.receiver != delivery.receiver) return false;
  auto wanted = claim.labels;
  if (!claim.alert.empty()) wanted.emplace_back("alertname", claim.alert);
  const auto& own = context.scenario.own_alerts;
  if (std::find(own.begin(), own.end(), claim.alert) != own.end())
    wanted.emplace_back("plimsoll_run", context.timeline.run().run);
  return std::any_of(delivery.alerts.begin(), delivery.alerts.end(), [&](const auto& alert) {
    if (claim.status) {
      const bool firing = alert.status == "firing";
      if (firing != (*claim.status == model::DeliveryStatus::kFiring)) return false;
    }
    return in_scope(alert.labels, wanted, context);
  });
}

bool matches(const model::EventClaim& claim, const log::EventObservation& event) {
  const bool any_name = claim.object.ends_with('*');
  const auto object = std::string_view(claim.object).substr(0, claim.object.size() - 1);
  if (any_name ? !event.object.starts_with(object) : event.object != claim.object) return false;
  if (claim.reason != event.reason) return false;
  if (claim.message_contains) return event.message.find(claim.message) != std::string::npos;
  return claim.message.empty() || claim.message == event.message;
}

// An evaluation for each match, with the count up to it, and one at the window's start with 0.
class OccurrenceCounter {
 public:
  OccurrenceCounter(EvaluationSeries& series, const EvaluationContext& context,
                    std::optional<model::Comparison> expected, std::string noun)
      : series_(series), context_(context), expected_(std::move(expected)), noun_(std::move(noun)) {
    series_.cumulative = true;
    append(context_.from, "");
  }

  void add(double t, const std::string& what) {
    if (t <= context_.baseline || t > context_.to) return;
    ++count_;
    append(std::max(t, context_.from), what);
  }

 private:
  void append(double t, const std::string& what) {
    const bool holds = expected_ ? expected_->holds(count_) : count_ > 0;
    auto seen = count_ == 0 ? "no " + noun_ : fmt::format("{} {}", count_, noun_);
    if (count_ > 1) seen += "s";
    if (!what.empty()) seen += ", the last: " + what;
    series_.evaluations.push_back(
        {t, holds ? Truth::kHolds : Truth::kViolated, std::move(seen), {}});
  }

  EvaluationSeries& series_;
  const EvaluationContext& context_;
  std::optional<model::Comparison> expected_;
  std::string noun_;
  int count_ = 0;
};

}  // namespace

EvaluationSeries evaluate(const model::DeliveryClaim& claim, const EvaluationContext& context) {
  EvaluationSeries series;
  series.coverage.push_back(context.timeline.coverage_of("deliveries", "deliveries"));
  OccurrenceCounter counter(series, context, claim.count, "notification");
  for (const auto& [t, at, what] : context.timeline.observations()) {
    const auto* delivery = std::get_if<log::DeliveryObservation>(&what);
    if (delivery == nullptr || !matches(claim, *delivery, context)) continue;
    counter.add(t, fmt::format("{} at {}", delivery->status, delivery->receiver));
  }
  return series;
}

EvaluationSeries evaluate(const model::EventClaim& claim, const EvaluationContext& context) {
  EvaluationSeries series;
  series.coverage.push_back(context.timeline.coverage_of("events", "events"));
  OccurrenceCounter counter(series, context, std::nullopt, "event");
  for (const auto& [t, at, what] : context.timeline.observations()) {
    const auto* event = std::get_if<log::EventObservation>(&what);
    if (event != nullptr && matches(claim, *event)) counter.add(t, event->message);
  }
  return series;
}

}  // namespace plimsoll::engine::judge

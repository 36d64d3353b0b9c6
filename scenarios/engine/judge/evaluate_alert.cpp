// Claims about alerts in Prometheus: decides at each answer whether an alert is pending, firing or
// resolved. Resolved is absence from a successful answer while the rule is loaded and healthy.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "core/text/label_set.hpp"
#include "scenarios/engine/judge/evaluation.hpp"

namespace plimsoll::engine::judge {
namespace {

using Truth = Evaluation::Truth;

// The labels that tell one alert of the run from another, without those of every alert.
std::string distinguishing_labels(log::LabelMap labels) {
  for (const auto* common : {"alertname", "plimsoll_run", "namespace", "instance", "job", "uid",
                             "endpoint", "service", "severity"})
    labels.erase(common);
  return text::label_set(labels);
}

class AlertEvaluator {
 public:
  AlertEvaluator(const model::AlertClaim& claim, const EvaluationContext& context)
      : claim_(claim), context_(context) {
    const auto& own = context.scenario.own_alerts;
    own_ = std::find(own.begin(), own.end(), claim.name) != own.end();
  }

  // One answer of Prometheus, in order.
  Evaluation evaluate_at(const log::AlertsObservation& answer, double t) {
    Evaluation evaluation{t, Truth::kNoData, "", {}};
    instances_.clear();
    without_namespace_ = 0;
    evaluation.seen = read(answer);
    if (!evaluation.seen.empty()) return evaluation;
    if (claim_.state != model::AlertState::kResolved)
      evaluate_state(evaluation);
    else if (!context_.instances.empty())
      evaluate_resolved_instances(evaluation);
    else
      evaluate_resolved(evaluation);
    return evaluation;
  }

  // Not empty: an alert was in that state before the window, so that no transition proves nothing.
  [[nodiscard]] std::string already_true() const {
    if (!context_.transition || before_.empty()) return "";
    return fmt::format("alert {}{} was {} already", claim_.name,
                       distinguishing_labels(*before_.begin()),
                       claim_.state == model::AlertState::kPending ? "pending" : "firing");
  }

 private:
  // Why the answer holds no data about the alert; empty where it does.
  std::string read(const log::AlertsObservation& answer) {
    bool loaded = false;
    for (const auto& rule : answer.rules) {
      if (rule.name != claim_.name || (own_ && !rule.own)) continue;
      loaded = true;
      if (rule.health == "err") return fmt::format("rule {} fails: {}", rule.name, rule.last_error);
      if (rule.health != "ok") return fmt::format("rule {} was not evaluated yet", rule.name);
      for (const auto& alert : rule.alerts) {
        if (in_scope(alert.labels, claim_.labels, context_))
          instances_.push_back(alert);
        else if (!alert.labels.contains("namespace"))
          ++without_namespace_;
      }
    }
    return loaded ? "" : fmt::format("rule {} is not loaded in Prometheus", claim_.name);
  }

  [[nodiscard]] bool is_in_state(const log::AlertInstance& alert) const {
    if (alert.state == "firing") return true;
    return claim_.state == model::AlertState::kPending && alert.state == "pending";
  }

  [[nodiscard]] std::string describe() const {
    std::string text;
    for (const auto& alert : instances_) {
      if (!text.empty()) text += "; ";
      text += fmt::format("{} {}{}", claim_.name, alert.state, distinguishing_labels(alert.labels));
    }
    if (text.empty()) text = claim_.name + " inactive";
    if (without_namespace_ > 0)
      text += fmt::format(" ({} without a namespace label are not counted)", without_namespace_);
    return text;
  }

  void evaluate_state(Evaluation& evaluation) {
    std::set<log::LabelMap> active;
    for (const auto& alert : instances_)
      if (is_in_state(alert)) active.insert(alert.labels);
    // What the last answer before the window, or else the first in it, has is no transition.
    if (context_.transition && (evaluation.t <= context_.baseline || first_))
      before_ = active;
    else
      std::erase_if(before_, [&](const log::LabelMap& labels) { return !active.contains(labels); });
    first_ = false;
    for (const auto& labels : active)
      if (!context_.transition || !before_.contains(labels)) evaluation.instances.push_back(labels);
    evaluation.truth = evaluation.instances.empty() ? Truth::kViolated : Truth::kHolds;
    evaluation.seen = describe();
  }

  void evaluate_resolved_instances(Evaluation& evaluation) const {
    const auto active = [&](const log::LabelMap& labels) {
      return std::any_of(instances_.begin(), instances_.end(),
                         [&](const log::AlertInstance& alert) {
                           return alert.labels == labels && alert.state == "firing";
                         });
    };
    const bool any = std::any_of(context_.instances.begin(), context_.instances.end(), active);
    evaluation.truth = any ? Truth::kViolated : Truth::kHolds;
    evaluation.seen = any ? describe() : fmt::format("{} resolved", claim_.name);
  }

  // Without ref: of the alerts that fired at the window's start or since, one that does not fire.
  void evaluate_resolved(Evaluation& evaluation) {
    std::set<log::LabelMap> firing;
    for (const auto& alert : instances_)
      if (alert.state == "firing") firing.insert(alert.labels);
    if (evaluation.t <= context_.baseline) fired_.clear();
    fired_.insert(firing.begin(), firing.end());
    bool holds = firing.empty();
    if (context_.transition) {
      holds = std::any_of(fired_.begin(), fired_.end(),
                          [&](const log::LabelMap& labels) { return !firing.contains(labels); });
    }
    evaluation.truth = holds ? Truth::kHolds : Truth::kViolated;
    evaluation.seen = describe();
    if (fired_.empty() && context_.transition)
      evaluation.seen += ", and did not fire in the window";
  }

  const model::AlertClaim& claim_;
  const EvaluationContext& context_;
  bool own_ = false;
  bool first_ = true;
  int without_namespace_ = 0;
  std::vector<log::AlertInstance> instances_;
  std::set<log::LabelMap> before_, fired_;
};

}  // namespace

EvaluationSeries evaluate(const model::AlertClaim& claim, const EvaluationContext& context) {
  const auto& timeline = context.timeline;
  EvaluationSeries series;
  auto coverage =
      timeline.coverage_without_answers(log::Source::kPrometheus, "alerts",
                                        timeline.run().prometheus_interval, "alert " + claim.name);
  AlertEvaluator evaluator(claim, context);
  bool healthy = false;
  for (const auto& [t, at, what] : timeline.observations()) {
    if (t > context.to) break;
    if (const auto* answer = std::get_if<log::AlertsObservation>(&what)) {
      auto seen = evaluator.evaluate_at(*answer, t);
      healthy = seen.truth != Truth::kNoData;
      if (healthy)
        coverage.answered.push_back(t);
      else
        coverage.failures.emplace_back(t, seen.seen);
      series.evaluations.push_back(std::move(seen));
    }
    const auto* ok = std::get_if<log::PollOk>(&what);
    if (ok != nullptr && healthy && ok->source == log::Source::kPrometheus &&
        (ok->topic.empty() || ok->topic == "alerts"))
      coverage.answered.push_back(t);
  }
  series.no_data_is_in_coverage = true;
  series.coverage.push_back(std::move(coverage));
  series.why_empty = "Prometheus never answered about alerts";
  series.already_true = evaluator.already_true();
  clip_to_window(series, context);
  return series;
}

}  // namespace plimsoll::engine::judge

// The claims about alerts in Prometheus.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "scenarios/engine/judge/looks.hpp"

namespace plimsoll::engine::judge {
namespace {

using Truth = Look::Truth;

// What tells one alert of the run from another; where Prometheus found it does not.
std::string in_braces(const log::LabelMap& labels) {
  static const std::set<std::string> kOfNoInterest = {"alertname", "plimsoll_run", "namespace",
                                                      "instance",  "job",          "uid",
                                                      "endpoint",  "service",      "severity"};
  std::vector<std::string> pairs;
  for (const auto& [name, value] : labels) {
    if (!kOfNoInterest.contains(name)) pairs.push_back(fmt::format("{}=\"{}\"", name, value));
  }
  if (pairs.empty()) return "";
  return fmt::format("{{{}}}", fmt::join(pairs, ","));
}

class AlertEye {
 public:
  AlertEye(const model::AlertClaim& claim, const Question& question)
      : claim_(claim), question_(question) {
    const auto& own = question.scenario.own_alerts;
    own_ = std::find(own.begin(), own.end(), claim.name) != own.end();
  }

  // One answer of Prometheus, in order.
  Look take(const log::AlertsObservation& answer, double t) {
    Look look{t, Truth::kNoData, "", {}};
    instances_.clear();
    strays_ = 0;
    look.seen = read(answer);
    if (!look.seen.empty()) return look;
    if (claim_.state != model::AlertState::kResolved) {
      judge_state(look);
    } else if (!question_.instances.empty()) {
      judge_resolved_instances(look);
    } else {
      judge_resolved(look);
    }
    return look;
  }

  // Why a miss proves nothing.
  [[nodiscard]] std::string already() const {
    if (!question_.transition || before_.empty()) return "";
    return fmt::format("alert {}{} was {} already", claim_.name, in_braces(*before_.begin()),
                       claim_.state == model::AlertState::kPending ? "pending" : "firing");
  }

 private:
  // Why the answer says nothing; empty where it does.
  std::string read(const log::AlertsObservation& answer) {
    bool loaded = false;
    for (const auto& rule : answer.rules) {
      if (rule.name != claim_.name || (own_ && !rule.own)) continue;
      loaded = true;
      if (rule.health == "err") {
        return fmt::format("rule {} fails: {}", rule.name, rule.last_error);
      }
      if (rule.health != "ok") return fmt::format("rule {} was not evaluated yet", rule.name);
      for (const auto& alert : rule.alerts) {
        if (concerns(alert.labels, claim_.labels, question_)) {
          instances_.push_back(alert);
        } else if (!alert.labels.contains("namespace")) {
          ++strays_;
        }
      }
    }
    return loaded ? "" : fmt::format("rule {} is not loaded in Prometheus", claim_.name);
  }

  [[nodiscard]] bool is_in_state(const log::AlertInstance& alert) const {
    if (alert.state == "firing") return true;
    return claim_.state == model::AlertState::kPending && alert.state == "pending";
  }

  [[nodiscard]] std::string tell() const {
    std::string text;
    for (const auto& alert : instances_) {
      if (!text.empty()) text += "; ";
      text += fmt::format("{} {}{}", claim_.name, alert.state, in_braces(alert.labels));
    }
    if (text.empty()) text = claim_.name + " inactive";
    if (strays_ > 0)
      text += fmt::format(" ({} without a namespace label are not counted)", strays_);
    return text;
  }

  void judge_state(Look& look) {
    std::set<log::LabelMap> active;
    for (const auto& alert : instances_) {
      if (is_in_state(alert)) active.insert(alert.labels);
    }
    // The last answer before the window, or else the first in it, tells what was so already.
    if (question_.transition && (look.t <= question_.baseline || first_)) {
      before_ = active;
    } else {
      std::erase_if(before_, [&](const log::LabelMap& labels) { return !active.contains(labels); });
    }
    first_ = false;
    for (const auto& labels : active) {
      if (!question_.transition || !before_.contains(labels)) look.instances.push_back(labels);
    }
    look.truth = look.instances.empty() ? Truth::kBreaks : Truth::kHolds;
    look.seen = tell();
  }

  void judge_resolved_instances(Look& look) const {
    const auto active = [&](const log::LabelMap& labels) {
      return std::any_of(instances_.begin(), instances_.end(),
                         [&](const log::AlertInstance& alert) {
                           return alert.labels == labels && alert.state == "firing";
                         });
    };
    const bool any = std::any_of(question_.instances.begin(), question_.instances.end(), active);
    look.truth = any ? Truth::kBreaks : Truth::kHolds;
    look.seen = any ? tell() : fmt::format("{} resolved", claim_.name);
  }

  // Without ref: what fired at the window's start or since, and does no more.
  void judge_resolved(Look& look) {
    std::set<log::LabelMap> firing;
    for (const auto& alert : instances_) {
      if (alert.state == "firing") firing.insert(alert.labels);
    }
    if (look.t <= question_.baseline) fired_.clear();
    fired_.insert(firing.begin(), firing.end());
    bool holds = firing.empty();
    if (question_.transition) {
      holds = std::any_of(fired_.begin(), fired_.end(),
                          [&](const log::LabelMap& labels) { return !firing.contains(labels); });
    }
    look.truth = holds ? Truth::kHolds : Truth::kBreaks;
    look.seen = tell();
    if (fired_.empty() && question_.transition) look.seen += ", and did not fire in the window";
  }

  const model::AlertClaim& claim_;
  const Question& question_;
  bool own_ = false;
  bool first_ = true;
  int strays_ = 0;
  std::vector<log::AlertInstance> instances_;
  std::set<log::LabelMap> before_, fired_;
};

}  // namespace

Looks look(const model::AlertClaim& claim, const Question& question) {
  const auto& timeline = question.timeline;
  Looks looks;
  auto coverage = timeline.empty(log::Source::kPrometheus, "alerts",
                                 timeline.run().prometheus_interval, "alert " + claim.name);
  AlertEye eye(claim, question);
  bool healthy = false;
  for (const auto& [t, at, what] : timeline.observations()) {
    if (t > question.to) break;
    if (const auto* answer = std::get_if<log::AlertsObservation>(&what)) {
      auto seen = eye.take(*answer, t);
      healthy = seen.truth != Truth::kNoData;
      if (healthy) {
        coverage.answered.push_back(t);
      } else {
        coverage.failures.emplace_back(t, seen.seen);
      }
      looks.looks.push_back(std::move(seen));
    }
    const auto* ok = std::get_if<log::PollOk>(&what);
    if (ok != nullptr && healthy && ok->source == log::Source::kPrometheus &&
        (ok->topic.empty() || ok->topic == "alerts")) {
      coverage.answered.push_back(t);
    }
  }
  looks.holes_are_gaps = true;
  looks.coverage.push_back(std::move(coverage));
  looks.nothing = "Prometheus never answered about alerts";
  looks.already = eye.already();
  cut_to_window(looks, question);
  return looks;
}

}  // namespace plimsoll::engine::judge

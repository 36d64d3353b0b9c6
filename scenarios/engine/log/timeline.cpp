#include "scenarios/engine/log/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/units/units.hpp"

namespace plimsoll::engine::log {
namespace {

Source source_of(const std::string& topic) {
  return topic == "deliveries" ? Source::kReceiver : Source::kKubernetes;
}

// The topic that an observation answers; empty for none.
std::string topic_of(const Observed& what) {
  if (std::holds_alternative<HpaObservation>(what)) return "hpa";
  if (std::holds_alternative<WorkloadObservation>(what)) return "workload";
  if (std::holds_alternative<PodsObservation>(what)) return "pods";
  if (std::holds_alternative<PodObservation>(what)) return "pods";
  if (std::holds_alternative<EventObservation>(what)) return "events";
  if (std::holds_alternative<DeliveryObservation>(what)) return "deliveries";
  if (const auto* absent = std::get_if<AbsentObservation>(&what))
    return absent->object.starts_with("hpa/") ? "hpa" : "workload";
  return "";
}

}  // namespace

double longest_silence(double interval) noexcept { return std::max(4 * interval, 5.0); }

std::optional<Gap> first_gap(const Coverage& coverage, double from, double to) {
  constexpr double kNever = -1;
  double last_answer = kNever;
  for (const double t : coverage.answered)
    if (t <= from) last_answer = t;
  double last = last_answer == kNever ? from : last_answer;
  const auto gap = [&](double until) {
    Gap found{std::max(last, from), std::min(until, to), ""};
    std::string why;
    for (const auto& [t, message] : coverage.failures)
      if (t >= last_answer && t <= until) why = message;
    found.what = fmt::format("no answer about {} from {} to {}{}", coverage.what,
                             units::format_clock(std::max(last, 0.0)), units::format_clock(until),
                             why.empty() ? "" : " (" + why + ")");
    return found;
  };
  if (coverage.answered.empty() || coverage.answered.front() > to) return gap(to);
  for (const double t : coverage.answered) {
    if (t <= from) continue;
    if (t - last > coverage.longest_silence) return gap(t);
    if (t > to) return std::nullopt;
    last = last_answer = t;
  }
  if (to - last > coverage.longest_silence) return gap(to);
  return std::nullopt;
}

Timeline::Timeline(const Observations& observations, double now)
    : observations_(observations), now_(now) {
  for (const auto& [t, at, what] : observations_) {
    if (const auto* run = std::get_if<RunObservation>(&what)) {
      run_ = *run;
    } else if (const auto* mark = std::get_if<MarkObservation>(&what)) {
      auto& moment = mark->name == "end" ? end_ : start_;
      if (!moment && (mark->name == "start" || mark->name == "end")) moment = t;
    } else if (const auto* step = std::get_if<StepObservation>(&what)) {
      auto& times = steps_[step->name];
      const bool start = step->event == StepObservation::Event::kStart;
      (start ? times.start : times.end) = step->happened.value_or(t);
      if (start) times.pods = step->pods;
    }
  }
}

const StepTimes& Timeline::step(const std::string& name) const {
  static const StepTimes kUnseen;
  const auto found = steps_.find(name);
  return found == steps_.end() ? kUnseen : found->second;
}

Coverage Timeline::coverage_without_answers(Source source, const std::string& topic,
                                            double interval, std::string what) const {
  Coverage coverage;
  coverage.longest_silence = longest_silence(interval);
  coverage.what = std::move(what);
  for (const auto& [t, at, observed] : observations_) {
    const auto* failed = std::get_if<PollFailed>(&observed);
    if (failed == nullptr || failed->source != source) continue;
    if (failed->topic.empty() || failed->topic == topic)
      coverage.failures.emplace_back(t, failed->message);
  }
  return coverage;
}

Coverage Timeline::coverage_of(const std::string& topic, std::string what) const {
  const auto source = source_of(topic);
  const double interval =
      source == Source::kReceiver ? run_.receiver_interval : run_.kubernetes_interval;
  auto coverage = coverage_without_answers(source, topic, interval, std::move(what));
  for (const auto& [t, at, observed] : observations_) {
    const auto* ok = std::get_if<PollOk>(&observed);
    const bool confirmed =
        ok != nullptr && ok->source == source && (ok->topic.empty() || ok->topic == topic);
    if (confirmed || topic_of(observed) == topic) coverage.answered.push_back(t);
  }
  return coverage;
}

}  // namespace plimsoll::engine::log

#include "scenarios/engine/judge/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "scenarios/engine/judge/evaluation.hpp"
#include "scenarios/engine/judge/temporal_operators.hpp"

namespace plimsoll::engine::judge {
namespace {

// When a mark was set, as far as the run has come.
struct MarkTime {
  enum class Known { kYes, kNotYet, kNever };
  Known known = Known::kNotYet;
  double t = 0;
  double earliest = 0;  // when what it marks can first have happened
  std::string why_never;
  const model::Claim* claim = nullptr;  // for CLAIM.at: the claim
};

class Judge {
 public:
  Judge(const model::Scenario& scenario, const log::Observations& observations, double now)
      : scenario_(scenario), timeline_(observations, now) {}

  Judgement run() {
    Judgement judgement;
    for (const auto& claim : scenario_.claims)
      judgement.claims.push_back(decision_on(claim).verdict);
    return judgement;
  }

 private:
  struct Decision {
    ClaimVerdict verdict;
    std::vector<log::LabelMap> instances;
  };

  const Decision& decision_on(const model::Claim& claim) {
    auto [entry, is_new] = decisions_.try_emplace(claim.id);
    auto& decision = entry->second;
    if (!is_new) return decision;
    decision.verdict.id = claim.id;
    decision.verdict.expected = claim.expected;
    decision.verdict.window = claim.window;
    decide(claim, decision);
    return decision;
  }

  // ---- marks -----------------------------------------------------------------------------------

  [[nodiscard]] MarkTime known_at(const std::optional<double>& t, const model::Mark& mark,
                                  const std::string& why_never) const {
    MarkTime time;
    if (t) {
      time.known = MarkTime::Known::kYes;
      time.t = time.earliest = *t + units::seconds(mark.offset);
    } else if (timeline_.end()) {
      time.known = MarkTime::Known::kNever;
      time.why_never = why_never;
    }
    return time;
  }

  MarkTime time_of(const model::Mark& mark) {
    switch (mark.anchor) {
      case model::Anchor::kRunStart:
        return known_at(timeline_.start(), mark, "the run never started");
      case model::Anchor::kRunEnd:
        return known_at(timeline_.end(), mark, "the run never ended");
      case model::Anchor::kStepStart:
      case model::Anchor::kStepEnd: {
        const bool start = mark.anchor == model::Anchor::kStepStart;
        const auto& step = timeline_.step(mark.name);
        return known_at(start ? step.start : step.end, mark,
                        fmt::format("step {} never {}", mark.name, start ? "started" : "ended"));
      }
      case model::Anchor::kClaimAt:
        break;
    }
    return time_of_claim(mark);
  }

  MarkTime time_of_claim(const model::Mark& mark) {
    MarkTime time;
    const auto* claim = find_claim(scenario_, mark.name);
    if (claim == nullptr) return time;
    const auto& verdict = decision_on(*claim).verdict;
    time.claim = claim;
    if (verdict.verdict == Verdict::kPending) return time;
    if (verdict.verdict == Verdict::kPass) {
      time.known = MarkTime::Known::kYes;
      time.t = *verdict.at + units::seconds(mark.offset);
      time.earliest = verdict.earliest.value_or(*verdict.at) + units::seconds(mark.offset);
      return time;
    }
    time.known = MarkTime::Known::kNever;
    time.why_never = why_no_mark(verdict);
    return time;
  }

  static std::string why_no_mark(const ClaimVerdict& verdict) {
    const auto* how = verdict.verdict == Verdict::kFail           ? "failed"
                      : verdict.verdict == Verdict::kInconclusive ? "is inconclusive"
                                                                  : "was skipped";
    return fmt::format("{} {}, so {}.at was never set", verdict.id, how, verdict.id);
  }

  // The pods that a mark is about: those of the exec step that it refers to, by claims or directly.
  std::vector<std::string> pods_of(const model::Mark& mark) {
    if (mark.anchor == model::Anchor::kStepStart || mark.anchor == model::Anchor::kStepEnd)
      return timeline_.step(mark.name).pods;
    const auto* claim =
        mark.anchor == model::Anchor::kClaimAt ? find_claim(scenario_, mark.name) : nullptr;
    return claim == nullptr ? std::vector<std::string>{} : pods_of(*claim);
  }
  std::vector<std::string> pods_of(const model::Claim& claim) {
    for (const auto& mark : marks_of(claim.temporal_operator))
      if (auto pods = pods_of(mark); !pods.empty()) return pods;
    return {};
  }

  // ---- windows ---------------------------------------------------------------------------------

  void skip(Decision& decision, const std::string& why) {
    decision.verdict.verdict = Verdict::kSkipped;
    decision.verdict.reason = why;
  }

  // Without a value: the claim is skipped, or its window has not begun yet.
  std::optional<Window> window_of(const model::Claim& claim, Decision& decision, MarkTime& first) {
    Window window;
    std::optional<MarkTime> last;
    std::visit(
        [&](const auto& temporal) {
          if constexpr (requires { temporal.after; }) {
            first = time_of(temporal.after);
            window.to = first.t + units::seconds(temporal.by);
            if constexpr (requires { temporal.not_before; })
              window.not_before = units::seconds(temporal.not_before);
          } else {
            first = time_of(temporal.from);
            last = time_of(temporal.to);
            decision.verdict.needs_end = temporal.from.anchor == model::Anchor::kRunEnd ||
                                         temporal.to.anchor == model::Anchor::kRunEnd;
          }
        },
        claim.temporal_operator);
    if (first.known == MarkTime::Known::kNever) skip(decision, first.why_never);
    if (first.known != MarkTime::Known::kYes) return std::nullopt;
    window.from = first.t;
    if (last) {
      window.to.reset();
      if (last->known == MarkTime::Known::kYes) window.to = last->t;
      if (last->known == MarkTime::Known::kNever) window.never_closes = last->why_never;
    }
    close(window);
    return window;
  }

  void close(Window& window) const {
    const auto end = timeline_.end();
    if (window.to && timeline_.now() >= *window.to) window.closed = true;
    if (end && (!window.to || *window.to > *end)) {
      window.closed = true;
      window.cut_short = true;
      window.to = *end;
    }
  }

  // ---- verdicts --------------------------------------------------------------------------------

  EvaluationContext context_for(const model::Claim& claim, const Window& window,
                                const MarkTime& first) {
    EvaluationContext context{scenario_, timeline_};
    context.from = context.baseline = window.from;
    // What follows from it may reach another source before the runner saw the mark.
    const bool other_source =
        first.claim != nullptr && first.claim->subject.index() != claim.subject.index();
    if (other_source) context.baseline = first.earliest;
    context.to = window.to ? std::min(*window.to, timeline_.now()) : timeline_.now();
    context.transition = wants_transition(claim.temporal_operator);
    context.state_only = std::holds_alternative<model::Always>(claim.temporal_operator);
    context.every_pod =
        context.state_only || std::holds_alternative<model::Final>(claim.temporal_operator);
    context.pods = pods_of(claim);
    return context;
  }

  // An alert with ref: only the alerts that satisfied the other claim count. False: not known yet,
  // or skipped.
  bool take_instances_of_ref(const model::Claim& claim, EvaluationContext& context,
                             Decision& decision) {
    const auto* alert = std::get_if<model::AlertClaim>(&claim.subject);
    if (alert == nullptr || alert->ref.empty()) return true;
    const auto* other = find_claim(scenario_, alert->ref);
    if (other == nullptr) return false;
    const auto& referred = decision_on(*other);
    if (referred.verdict.verdict == Verdict::kPending) return false;
    if (referred.verdict.verdict != Verdict::kPass) {
      skip(decision, why_no_mark(referred.verdict));
      return false;
    }
    context.instances = referred.instances;
    if (context.from < *referred.verdict.at) context.from = *referred.verdict.at;
    return true;
  }

  void decide(const model::Claim& claim, Decision& decision) {
    MarkTime first;
    const auto window = window_of(claim, decision, first);
    auto& verdict = decision.verdict;
    if (!window) return;
    verdict.from = window->from;
    verdict.to = window->to;
    if (window->to && *window->to < window->from) {
      verdict.verdict = Verdict::kInconclusive;
      verdict.reason = "its window ended before it began";
      return;
    }
    auto context = context_for(claim, *window, first);
    if (context.pods.size() == 1) verdict.pod = context.pods.front();
    if (!take_instances_of_ref(claim, context, decision)) return;
    const auto series =
        std::visit([&](const auto& subject) { return evaluate(subject, context); }, claim.subject);
    auto decided = judge::decide(claim.temporal_operator, series, *window);
    const bool failed = decided.verdict == Verdict::kFail;
    if (!window->never_closes.empty() && !failed) return skip(decision, window->never_closes);
    verdict.verdict = decided.verdict;
    verdict.seen = std::move(decided.seen);
    verdict.reason = std::move(decided.reason);
    if (decided.verdict == Verdict::kPending) return;
    verdict.at = decided.at;
    if (decided.verdict == Verdict::kPass)
      verdict.earliest = earliest(series, window->from, decided.at);
    decision.instances = std::move(decided.instances);
  }

  // The last answer before at.
  static double earliest(const EvaluationSeries& series, double from, double at) {
    double last = from;
    for (const auto& coverage : series.coverage) {
      for (const double t : coverage.answered)
        if (t < at) last = std::max(last, t);
    }
    return std::min(last, at);
  }

  const model::Scenario& scenario_;
  log::Timeline timeline_;
  std::map<std::string, Decision> decisions_;
};

}  // namespace

Judgement judge(const model::Scenario& scenario, const log::Observations& observations,
                double now) {
  return Judge(scenario, observations, now).run();
}

}  // namespace plimsoll::engine::judge

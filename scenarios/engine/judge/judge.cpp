#include "scenarios/engine/judge/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "scenarios/engine/judge/looks.hpp"
#include "scenarios/engine/judge/verbs.hpp"

namespace plimsoll::engine::judge {
namespace {

// A mark, as far as the run has come.
struct Moment {
  enum class Known { kYes, kNotYet, kNever };
  Known known = Known::kNotYet;
  double t = 0;
  double earliest = 0;  // when what it marks can first have been so
  std::string why_never;
  const model::Claim* claim = nullptr;  // whose at it is
};

class Judge {
 public:
  Judge(const model::Scenario& scenario, const log::Observations& observations, double now)
      : scenario_(scenario), timeline_(observations, now) {}

  Judgement run() {
    Judgement judgement;
    for (const auto& claim : scenario_.claims) judgement.claims.push_back(verdict_of(claim).told);
    return judgement;
  }

 private:
  struct Decision {
    ClaimVerdict told;
    std::vector<log::LabelMap> instances;
  };

  const Decision& verdict_of(const model::Claim& claim) {
    auto [entry, is_new] = decisions_.try_emplace(claim.id);
    auto& decision = entry->second;
    if (!is_new) return decision;
    decision.told.id = claim.id;
    decision.told.expected = claim.expected;
    decision.told.window = claim.window;
    decide(claim, decision);
    return decision;
  }

  [[nodiscard]] const model::Claim* find_claim(const std::string& id) const {
    const auto found = std::find_if(scenario_.claims.begin(), scenario_.claims.end(),
                                    [&](const model::Claim& claim) { return claim.id == id; });
    return found == scenario_.claims.end() ? nullptr : &*found;
  }

  // ---- marks -----------------------------------------------------------------------------------

  [[nodiscard]] Moment known_at(const std::optional<double>& t, const model::Mark& mark,
                                const std::string& why_never) const {
    Moment moment;
    if (t) {
      moment.known = Moment::Known::kYes;
      moment.t = moment.earliest = *t + units::seconds(mark.offset);
    } else if (timeline_.end()) {
      moment.known = Moment::Known::kNever;
      moment.why_never = why_never;
    }
    return moment;
  }

  Moment moment_of(const model::Mark& mark) {
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
    return moment_of_claim(mark);
  }

  Moment moment_of_claim(const model::Mark& mark) {
    Moment moment;
    const auto* claim = find_claim(mark.name);
    if (claim == nullptr) return moment;
    const auto& told = verdict_of(*claim).told;
    moment.claim = claim;
    if (told.verdict == Verdict::kPending) return moment;
    if (told.verdict == Verdict::kPass) {
      moment.known = Moment::Known::kYes;
      moment.t = *told.at + units::seconds(mark.offset);
      moment.earliest = told.earliest.value_or(*told.at) + units::seconds(mark.offset);
      return moment;
    }
    moment.known = Moment::Known::kNever;
    moment.why_never = why_no_mark(told);
    return moment;
  }

  static std::string why_no_mark(const ClaimVerdict& told) {
    const auto* how = told.verdict == Verdict::kFail           ? "failed"
                      : told.verdict == Verdict::kInconclusive ? "is inconclusive"
                                                               : "was skipped";
    return fmt::format("{} {}, so {}.at was never set", told.id, how, told.id);
  }

  // The pods that a mark is about: those of the exec step that it leads back to.
  std::vector<std::string> pods_of(const model::Mark& mark) {
    if (mark.anchor == model::Anchor::kStepStart || mark.anchor == model::Anchor::kStepEnd) {
      return timeline_.step(mark.name).pods;
    }
    const auto* claim = mark.anchor == model::Anchor::kClaimAt ? find_claim(mark.name) : nullptr;
    return claim == nullptr ? std::vector<std::string>{} : pods_of(*claim);
  }
  std::vector<std::string> pods_of(const model::Claim& claim) {
    return std::visit(
        [&](const auto& verb) {
          if constexpr (requires { verb.after; }) {
            return pods_of(verb.after);
          } else {
            auto pods = pods_of(verb.from);
            return pods.empty() ? pods_of(verb.to) : pods;
          }
        },
        claim.verb);
  }

  // ---- windows ---------------------------------------------------------------------------------

  void skip(Decision& decision, const std::string& why) {
    decision.told.verdict = Verdict::kSkipped;
    decision.told.reason = why;
  }

  // Nothing where the claim is skipped or cannot be looked at yet.
  std::optional<Window> window_of(const model::Claim& claim, Decision& decision, Moment& first) {
    Window window;
    std::optional<Moment> last;
    std::visit(
        [&](const auto& verb) {
          if constexpr (requires { verb.after; }) {
            first = moment_of(verb.after);
            window.to = first.t + units::seconds(verb.by);
            if constexpr (requires { verb.not_before; }) {
              window.not_before = units::seconds(verb.not_before);
            }
          } else {
            first = moment_of(verb.from);
            last = moment_of(verb.to);
            decision.told.needs_end = verb.from.anchor == model::Anchor::kRunEnd ||
                                      verb.to.anchor == model::Anchor::kRunEnd;
          }
        },
        claim.verb);
    if (first.known == Moment::Known::kNever) skip(decision, first.why_never);
    if (first.known != Moment::Known::kYes) return std::nullopt;
    window.from = first.t;
    if (last) {
      window.to.reset();
      if (last->known == Moment::Known::kYes) window.to = last->t;
      if (last->known == Moment::Known::kNever) window.never_closes = last->why_never;
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

  Question question_for(const model::Claim& claim, const Window& window, const Moment& first) {
    Question question{scenario_, timeline_};
    question.from = question.baseline = window.from;
    // Another source may have seen it coming before the runner saw the mark.
    const bool elsewhere =
        first.claim != nullptr && first.claim->subject.index() != claim.subject.index();
    if (elsewhere) question.baseline = first.earliest;
    question.to = window.to ? std::min(*window.to, timeline_.now()) : timeline_.now();
    question.transition = std::holds_alternative<model::Eventually>(claim.verb) ||
                          std::holds_alternative<model::Between>(claim.verb);
    question.state_only = std::holds_alternative<model::Always>(claim.verb);
    question.every_pod = question.state_only || std::holds_alternative<model::Final>(claim.verb);
    question.pods = pods_of(claim);
    return question;
  }

  // Alerts with ref are about what satisfied the other claim. False: nothing to look at yet.
  bool take_over_instances(const model::Claim& claim, Question& question, Decision& decision) {
    const auto* alert = std::get_if<model::AlertClaim>(&claim.subject);
    if (alert == nullptr || alert->ref.empty()) return true;
    const auto* other = find_claim(alert->ref);
    if (other == nullptr) return false;
    const auto& referred = verdict_of(*other);
    if (referred.told.verdict == Verdict::kPending) return false;
    if (referred.told.verdict != Verdict::kPass) {
      skip(decision, why_no_mark(referred.told));
      return false;
    }
    question.instances = referred.instances;
    if (question.from < *referred.told.at) question.from = *referred.told.at;
    return true;
  }

  void decide(const model::Claim& claim, Decision& decision) {
    Moment first;
    const auto window = window_of(claim, decision, first);
    auto& told = decision.told;
    if (!window) return;
    told.from = window->from;
    told.to = window->to;
    if (window->to && *window->to < window->from) {
      told.verdict = Verdict::kInconclusive;
      told.reason = "its window ended before it began";
      return;
    }
    auto question = question_for(claim, *window, first);
    if (question.pods.size() == 1) told.pod = question.pods.front();
    if (!take_over_instances(claim, question, decision)) return;
    const auto looks =
        std::visit([&](const auto& subject) { return look(subject, question); }, claim.subject);
    auto ruling = rule(claim.verb, looks, *window);
    const bool failed = ruling.verdict == Verdict::kFail;
    if (!window->never_closes.empty() && !failed) return skip(decision, window->never_closes);
    told.verdict = ruling.verdict;
    told.seen = std::move(ruling.seen);
    told.reason = std::move(ruling.reason);
    if (ruling.verdict == Verdict::kPending) return;
    told.at = ruling.at;
    if (ruling.verdict == Verdict::kPass) told.earliest = earliest(looks, window->from, ruling.at);
    decision.instances = std::move(ruling.instances);
  }

  // The last answer before at.
  static double earliest(const Looks& looks, double from, double at) {
    double last = from;
    for (const auto& coverage : looks.coverage) {
      for (const double t : coverage.answered) {
        if (t < at) last = std::max(last, t);
      }
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

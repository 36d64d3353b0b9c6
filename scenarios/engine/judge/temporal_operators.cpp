#include "scenarios/engine/judge/temporal_operators.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/units/units.hpp"

namespace plimsoll::engine::judge {
namespace {

using Truth = Evaluation::Truth;

std::string tell(const Evaluation& evaluation) {
  return fmt::format("{} at {}", evaluation.seen, units::format_clock(evaluation.t));
}

WindowVerdict decided(Verdict verdict, double at, std::string seen, std::string reason) {
  return {verdict, at, std::move(seen), std::move(reason), {}};
}

WindowVerdict passed(const Evaluation& evaluation, double at) {
  return {Verdict::kPass, at, tell(evaluation), "", evaluation.instances};
}

class OperatorDecision {
 public:
  OperatorDecision(const EvaluationSeries& series, const Window& window)
      : series_(series), evaluations_(series.evaluations), window_(window) {}

  WindowVerdict operator()(const model::Eventually&) const {
    for (const auto& evaluation : evaluations_)
      if (evaluation.truth == Truth::kHolds) return passed(evaluation, evaluation.t);
    return missed();
  }

  WindowVerdict operator()(const model::Between&) const {
    const auto first = std::find_if(
        evaluations_.begin(), evaluations_.end(),
        [](const Evaluation& evaluation) { return evaluation.truth == Truth::kHolds; });
    if (first == evaluations_.end()) return missed();
    const double allowed = window_.from + window_.not_before;
    if (first->t < allowed) {
      const auto early = units::from_seconds(allowed - first->t);
      return decided(Verdict::kFail, first->t, tell(*first),
                     fmt::format("{} too early", units::format_duration(early)));
    }
    // A gap may hide that it held earlier.
    if (const auto gap = gap_within(allowed))
      return decided(Verdict::kInconclusive, first->t, tell(*first), gap->what);
    return passed(*first, first->t);
  }

  WindowVerdict operator()(const model::Always&) const { return throughout(Truth::kViolated); }
  WindowVerdict operator()(const model::Never&) const { return throughout(Truth::kHolds); }

  WindowVerdict operator()(const model::Final&) const {
    if (!window_.closed) return {};
    const double to = window_.to.value_or(window_.from);
    if (auto cut = if_cut_short()) return *cut;
    if (evaluations_.empty())
      return decided(Verdict::kInconclusive, to, "nothing", series_.why_empty);
    const auto& last = evaluations_.back();
    // A state needs an answer near the end, a count needs answers in the whole window.
    const double since = series_.cumulative ? window_.from : last_answer_needed(to);
    if (const auto gap = gap_from(since, to))
      return decided(Verdict::kInconclusive, to, tell(last), gap->what);
    if (last.truth == Truth::kNoData)
      return decided(Verdict::kInconclusive, to, "nothing", last.seen);
    if (last.truth == Truth::kHolds) return passed(last, to);
    return decided(Verdict::kFail, to, tell(last), "");
  }

 private:
  [[nodiscard]] std::optional<log::Gap> gap_from(double from, double to) const {
    for (const auto& coverage : series_.coverage)
      if (auto gap = first_gap(coverage, from, to)) return gap;
    return std::nullopt;
  }
  [[nodiscard]] std::optional<log::Gap> gap_within(double to) const {
    return gap_from(window_.from, to);
  }

  [[nodiscard]] double last_answer_needed(double to) const {
    double since = to;
    for (const auto& coverage : series_.coverage)
      since = std::min(since, to - coverage.longest_silence);
    return std::max(since, window_.from);
  }

  [[nodiscard]] std::optional<WindowVerdict> if_cut_short() const {
    if (!window_.cut_short) return std::nullopt;
    return decided(Verdict::kInconclusive, window_.to.value_or(window_.from), last_seen(),
                   "the run ended before its window did");
  }

  [[nodiscard]] std::string last_seen() const {
    return evaluations_.empty() ? "nothing" : tell(evaluations_.back());
  }

  // It held at no evaluation in the window.
  [[nodiscard]] WindowVerdict missed() const {
    if (!window_.closed) return {};
    const double to = window_.to.value_or(window_.from);
    if (auto cut = if_cut_short()) return *cut;
    const auto inconclusive = [&](const std::string& why) {
      return decided(Verdict::kInconclusive, to, last_seen(), why);
    };
    if (!series_.already_true.empty()) return inconclusive(series_.already_true);
    if (evaluations_.empty()) {
      const auto gap = gap_within(to);
      return inconclusive(gap && series_.why_empty.empty() ? gap->what : series_.why_empty);
    }
    if (const auto gap = gap_within(to)) return inconclusive(gap->what);
    if (evaluations_.back().truth == Truth::kNoData)
      return decided(Verdict::kInconclusive, to, "nothing", evaluations_.back().seen);
    return decided(Verdict::kFail, to, last_seen(), "");
  }

  // always fails at what is violated, never at what holds.
  [[nodiscard]] WindowVerdict throughout(Truth failing) const {
    for (const auto& evaluation : evaluations_) {
      if (evaluation.truth == failing)
        return decided(Verdict::kFail, evaluation.t, tell(evaluation), "");
    }
    if (!window_.closed) return {};
    const double to = window_.to.value_or(window_.from);
    if (auto cut = if_cut_short()) return *cut;
    const auto inconclusive = [&](const std::string& why) {
      return decided(Verdict::kInconclusive, to, last_seen(), why);
    };
    if (evaluations_.empty()) return inconclusive(series_.why_empty);
    if (const auto gap = gap_within(to)) return inconclusive(gap->what);
    if (const auto* missing = first_without_data()) return inconclusive(tell(*missing));
    if (evaluations_.back().truth == Truth::kNoData) return inconclusive(evaluations_.back().seen);
    return decided(Verdict::kPass, to, last_seen(), "");
  }

  // The first evaluation without data that no gap of the coverage accounts for.
  [[nodiscard]] const Evaluation* first_without_data() const {
    if (series_.no_data_is_in_coverage) return nullptr;
    bool appeared = !series_.may_appear_later;
    for (const auto& evaluation : evaluations_) {
      if (evaluation.truth != Truth::kNoData) appeared = true;
      if (evaluation.truth == Truth::kNoData && appeared) return &evaluation;
    }
    return nullptr;
  }

  const EvaluationSeries& series_;
  const std::vector<Evaluation>& evaluations_;
  const Window& window_;
};

}  // namespace

WindowVerdict decide(const model::TemporalOperator& temporal_operator,
                     const EvaluationSeries& series, const Window& window) {
  return std::visit(OperatorDecision(series, window), temporal_operator);
}

}  // namespace plimsoll::engine::judge

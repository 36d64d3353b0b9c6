#include "scenarios/engine/judge/verbs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/units/units.hpp"

namespace plimsoll::engine::judge {
namespace {

using Truth = Look::Truth;

std::string tell(const Look& look) {
  return fmt::format("{} at {}", look.seen, units::format_clock(look.t));
}

Ruling decided(Verdict verdict, double at, std::string seen, std::string reason) {
  return {verdict, at, std::move(seen), std::move(reason), {}};
}

Ruling passed(const Look& look, double at) {
  return {Verdict::kPass, at, tell(look), "", look.instances};
}

class Court {
 public:
  Court(const Looks& looks, const Window& window)
      : all_(looks), looks_(looks.looks), window_(window) {}

  Ruling operator()(const model::Eventually&) const {
    for (const auto& look : looks_) {
      if (look.truth == Truth::kHolds) return passed(look, look.t);
    }
    return missed();
  }

  Ruling operator()(const model::Between&) const {
    const auto first = std::find_if(looks_.begin(), looks_.end(),
                                    [](const Look& look) { return look.truth == Truth::kHolds; });
    if (first == looks_.end()) return missed();
    const double allowed = window_.from + window_.not_before;
    if (first->t < allowed) {
      const auto early = units::from_seconds(allowed - first->t);
      return decided(Verdict::kFail, first->t, tell(*first),
                     fmt::format("{} too early", units::format_duration(early)));
    }
    // Who did not look cannot say that it was not so before.
    if (const auto gap = gap_within(allowed)) {
      return decided(Verdict::kInconclusive, first->t, tell(*first), gap->what);
    }
    return passed(*first, first->t);
  }

  Ruling operator()(const model::Always&) const { return throughout(Truth::kBreaks); }
  Ruling operator()(const model::Never&) const { return throughout(Truth::kHolds); }

  Ruling operator()(const model::Final&) const {
    if (!window_.closed) return {};
    const double to = window_.to.value_or(window_.from);
    if (auto cut = cut_short()) return *cut;
    if (looks_.empty()) return decided(Verdict::kInconclusive, to, "nothing", all_.nothing);
    const auto& last = looks_.back();
    // A state needs an answer near the end, a count all answers.
    const double since = all_.cumulative ? window_.from : last_answer_needed(to);
    if (const auto gap = gap_from(since, to)) {
      return decided(Verdict::kInconclusive, to, tell(last), gap->what);
    }
    if (last.truth == Truth::kNoData) {
      return decided(Verdict::kInconclusive, to, "nothing", last.seen);
    }
    if (last.truth == Truth::kHolds) return passed(last, to);
    return decided(Verdict::kFail, to, tell(last), "");
  }

 private:
  [[nodiscard]] std::optional<log::Gap> gap_from(double from, double to) const {
    for (const auto& coverage : all_.coverage) {
      if (auto gap = first_gap(coverage, from, to)) return gap;
    }
    return std::nullopt;
  }
  [[nodiscard]] std::optional<log::Gap> gap_within(double to) const {
    return gap_from(window_.from, to);
  }

  [[nodiscard]] double last_answer_needed(double to) const {
    double since = to;
    for (const auto& coverage : all_.coverage) {
      since = std::min(since, to - coverage.longest_silence);
    }
    return std::max(since, window_.from);
  }

  [[nodiscard]] std::optional<Ruling> cut_short() const {
    if (!window_.cut_short) return std::nullopt;
    return decided(Verdict::kInconclusive, window_.to.value_or(window_.from), last_seen(),
                   "the run ended before its window did");
  }

  [[nodiscard]] std::string last_seen() const {
    return looks_.empty() ? "nothing" : tell(looks_.back());
  }

  // It did not become so.
  [[nodiscard]] Ruling missed() const {
    if (!window_.closed) return {};
    const double to = window_.to.value_or(window_.from);
    if (auto cut = cut_short()) return *cut;
    const auto doubt = [&](const std::string& why) {
      return decided(Verdict::kInconclusive, to, last_seen(), why);
    };
    if (!all_.already.empty()) return doubt(all_.already);
    if (looks_.empty()) {
      const auto gap = gap_within(to);
      return doubt(gap && all_.nothing.empty() ? gap->what : all_.nothing);
    }
    if (const auto gap = gap_within(to)) return doubt(gap->what);
    if (looks_.back().truth == Truth::kNoData) {
      return decided(Verdict::kInconclusive, to, "nothing", looks_.back().seen);
    }
    return decided(Verdict::kFail, to, last_seen(), "");
  }

  // always is broken by what breaks, never by what holds.
  [[nodiscard]] Ruling throughout(Truth breach) const {
    for (const auto& look : looks_) {
      if (look.truth == breach) return decided(Verdict::kFail, look.t, tell(look), "");
    }
    if (!window_.closed) return {};
    const double to = window_.to.value_or(window_.from);
    if (auto cut = cut_short()) return *cut;
    const auto doubt = [&](const std::string& why) {
      return decided(Verdict::kInconclusive, to, last_seen(), why);
    };
    if (looks_.empty()) return doubt(all_.nothing);
    if (const auto gap = gap_within(to)) return doubt(gap->what);
    if (const auto* hole = first_hole()) return doubt(tell(*hole));
    if (looks_.back().truth == Truth::kNoData) return doubt(looks_.back().seen);
    return decided(Verdict::kPass, to, last_seen(), "");
  }

  // The first look without data that makes the whole doubtful.
  [[nodiscard]] const Look* first_hole() const {
    if (all_.holes_are_gaps) return nullptr;
    bool begun = !all_.may_come_later;
    for (const auto& look : looks_) {
      if (look.truth != Truth::kNoData) begun = true;
      if (look.truth == Truth::kNoData && begun) return &look;
    }
    return nullptr;
  }

  const Looks& all_;
  const std::vector<Look>& looks_;
  const Window& window_;
};

}  // namespace

Ruling rule(const model::Verb& verb, const Looks& looks, const Window& window) {
  return std::visit(Court(looks, window), verb);
}

}  // namespace plimsoll::engine::judge

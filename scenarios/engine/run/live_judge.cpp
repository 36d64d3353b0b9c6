#include "scenarios/engine/run/live_judge.hpp"

#include <fmt/format.h>

#include <utility>

namespace plimsoll::engine::run {
namespace {

console::Tone tone_of(judge::Verdict verdict) {
  if (verdict == judge::Verdict::kPass) return console::Tone::kGood;
  return verdict == judge::Verdict::kFail ? console::Tone::kBad : console::Tone::kDoubtful;
}

}  // namespace

void LiveJudge::judge_now() {
  auto judgement = judge::judge(scenario_, recorder_.observations(), recorder_.now());
  for (std::size_t i = 0; i < judgement.claims.size(); ++i) {
    const auto& claim = judgement.claims[i];
    const bool news =
        i >= judgement_.claims.size() || judgement_.claims[i].verdict != claim.verdict;
    if (news && claim.verdict != judge::Verdict::kPending)
      console_.say(fmt::format("{:12} {}", to_string(claim.verdict), judge::to_line(claim)),
                   tone_of(claim.verdict));
  }
  judgement_ = std::move(judgement);
}

}  // namespace plimsoll::engine::run

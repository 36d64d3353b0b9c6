#include "scenarios/engine/judge/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace plimsoll::engine::judge {

bool Judgement::decided() const noexcept {
  return std::none_of(claims.begin(), claims.end(),
                      [](const auto& claim) { return claim.verdict == Verdict::kPending; });
}

bool Judgement::decided_but_for_end() const noexcept {
  return std::none_of(claims.begin(), claims.end(), [](const auto& claim) {
    return claim.verdict == Verdict::kPending && !claim.needs_end;
  });
}

ExitCode Judgement::exit_code() const noexcept {
  auto code = ExitCode::kPassed;
  for (const auto& claim : claims) {
    if (claim.verdict == Verdict::kFail) return ExitCode::kFailed;
    if (claim.verdict != Verdict::kPass) code = ExitCode::kInconclusive;
  }
  return code;
}

std::string to_line(const ClaimVerdict& claim) {
  const auto seen = claim.seen.empty() ? "nothing" : claim.seen;
  const auto expected = fmt::format("{} {}", claim.expected, claim.window);
  switch (claim.verdict) {
    case Verdict::kPending:
      return fmt::format("{}: pending: {}", claim.id, expected);
    case Verdict::kPass:
      return fmt::format("{}: {}; saw {}", claim.id, expected, seen);
    case Verdict::kSkipped:
      return fmt::format("{}: skipped: {}", claim.id, claim.reason);
    case Verdict::kInconclusive:
      return fmt::format("{}: expected {}; inconclusive: {}; saw {}", claim.id, expected,
                         claim.reason, seen);
    case Verdict::kFail:
      break;
  }
  return fmt::format("{}: expected {}; saw {}{}", claim.id, expected, seen,
                     claim.reason.empty() ? "" : ", " + claim.reason);
}

}  // namespace plimsoll::engine::judge

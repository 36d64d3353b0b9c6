#include "reports/run/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/text/printable.hpp"
#include "core/units/units.hpp"

namespace plimsoll::reports::run {
namespace {

using text::one_line;
using units::format_clock;

const Claim* first_with(const std::vector<Claim>& claims, Verdict verdict) noexcept {
  const auto found = std::find_if(claims.begin(), claims.end(),
                                  [&](const Claim& claim) { return claim.verdict == verdict; });
  return found == claims.end() ? nullptr : &*found;
}

// ": oom at 00:12, firing at 00:45." for as many as one reads at a glance.
std::string times(const std::vector<Claim>& claims) {
  constexpr std::size_t kGlance = 8;
  std::string text;
  if (claims.size() > kGlance) return ".";
  for (const auto& claim : claims) {
    if (!claim.at) continue;
    text += fmt::format("{}{} at {}", text.empty() ? ": " : ", ", one_line(claim.id),
                        format_clock(*claim.at));
  }
  return text + ".";
}

// "restarts +1 at 00:12"
bool ends_with_time(std::string_view text) noexcept {
  const auto at = text.rfind(" at ");
  if (at == text.npos || text.size() < at + 9) return false;
  const auto rest = text.substr(at + 4);
  return rest.find_first_not_of("0123456789:") == rest.npos && rest.find(':') != rest.npos;
}

std::string sentence(std::string_view text) {
  auto line = one_line(text);
  const bool ended = !line.empty() && std::string_view(".?!:").find(line.back()) != line.npos;
  return ended ? line : line + ".";
}

std::string counted(const Run& run) {
  const auto all = run.claims.size();
  if (all == 0) return "No claim was judged.";
  const auto held = count(run.claims, Verdict::kPass);
  if (held == all) {
    return (all == 1 ? "The one claim held" : fmt::format("All {} claims held", all)) +
           times(run.claims);
  }
  auto text = fmt::format("{} of {} claims held", held, all);
  const auto add = [&](Verdict verdict, std::string_view word) {
    if (const auto n = count(run.claims, verdict)) text += fmt::format(", {} {}", n, word);
  };
  add(Verdict::kFail, "failed");
  add(Verdict::kInconclusive, "inconclusive");
  add(Verdict::kSkipped, "skipped");
  return text + ".";
}

}  // namespace

std::string_view mark(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::kPass:
      return "✓";
    case Verdict::kFail:
      return "✗";
    case Verdict::kSkipped:
      return "-";
    case Verdict::kInconclusive:
    case Verdict::kPending:
      break;
  }
  return "?";
}

std::string span(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0 || seconds > 1e9) return "-";
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = std::llround(seconds);
  if (whole < 60) return fmt::format("{} s", whole);
  return fmt::format("{} min {:02} s", whole / 60, whole % 60);
}

std::string expectation(const Claim& claim) {
  const auto expected = one_line(claim.expected);
  const auto window = one_line(claim.window);
  return expected + (expected.empty() || window.empty() ? "" : ", ") + window;
}

std::string observation(const Claim& claim) {
  const bool judged = claim.verdict != Verdict::kSkipped;
  const auto seen = one_line(claim.seen);
  auto text = judged ? "saw " + (seen.empty() ? "nothing" : seen) : "not judged";
  if (judged && claim.at && !seen.empty() && seen != "nothing" && !ends_with_time(text))
    text += " at " + format_clock(*claim.at);
  if (!claim.reason.empty()) text += fmt::format(" ({})", one_line(claim.reason));
  return text;
}

std::size_t count(const std::vector<Claim>& claims, Verdict verdict) noexcept {
  return static_cast<std::size_t>(std::count_if(
      claims.begin(), claims.end(), [&](const Claim& claim) { return claim.verdict == verdict; }));
}

std::string summary(const Run& run) {
  auto text = counted(run);
  if (!explained_by_claims(run) && !run.reasons.empty())
    return fmt::format("{} {}", sentence(run.reasons.front()), text);
  const auto* claim = first_with(run.claims, Verdict::kFail);
  if (claim == nullptr) claim = first_with(run.claims, Verdict::kInconclusive);
  if (claim == nullptr) return text;
  return fmt::format("{} {}: expected {}; {}.", text, one_line(claim->id), expectation(*claim),
                     observation(*claim));
}

bool explained_by_claims(const Run& run) noexcept {
  switch (run.exit) {
    case ExitCode::kPassed:
      return true;
    case ExitCode::kFailed:
      return first_with(run.claims, Verdict::kFail) != nullptr;
    case ExitCode::kInconclusive:
      return first_with(run.claims, Verdict::kInconclusive) != nullptr;
    default:
      return false;
  }
}

}  // namespace plimsoll::reports::run

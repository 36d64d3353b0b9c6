// The words that all reports of a run share, so that no two of them disagree. Texts come back as
// valid UTF-8 on one line, safe to print on a terminal; not escaped for XML or HTML. Times: seconds
// since the start of the run. Thread-safety: pure functions.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/run/run.hpp"

namespace plimsoll::reports::run {

// "✓" "✗" "?" "-"
[[nodiscard]] std::string_view mark(Verdict verdict) noexcept;
// A length of time: "0.4 s", "45 s", "2 min 05 s"; "-" for what is not one.
[[nodiscard]] std::string span(double seconds);

// "restarts +1, within 60s after bloat.start"; leaves out what is empty.
[[nodiscard]] std::string expectation(const Claim& claim);
// "saw +1, OOMKilled at 00:12 (reason)", "saw nothing", "not judged (reason)". The time is added
// where the text does not already end with one.
[[nodiscard]] std::string observation(const Claim& claim);

// How many claims came to this verdict.
[[nodiscard]] std::size_t count(const std::vector<Claim>& claims, Verdict verdict) noexcept;

// A sentence or two: how many claims held and when, or the first thing that went wrong.
[[nodiscard]] std::string summary(const Run& run);

// Whether a claim's verdict is what led to the exit code (passed, failed or inconclusive). False
// for aborted, environment, internal, ... and for a failure that is in no claim.
[[nodiscard]] bool explained_by_claims(const Run& run) noexcept;

}  // namespace plimsoll::reports::run

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
// The mark of a whole run: "✓" passed, "?" inconclusive, "✗" everything else.
[[nodiscard]] std::string_view mark(ExitCode exit) noexcept;

// "00:12", "73:05", "1:02:03" from an hour on; rounded down. "-" for what is not a time.
[[nodiscard]] std::string clock(double seconds);

// A length of time: "0.4 s", "45 s", "2 min 05 s"; "-" for what is not one.
[[nodiscard]] std::string span(double seconds);

// Text of several lines: as one_line, but tabs and line breaks stay, the latter as \n.
[[nodiscard]] std::string printable(std::string_view text);

// Line breaks and tabs become spaces; other control characters, those that turn the direction of
// writing round, and bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string one_line(std::string_view text);

// How many characters wide a text is, counting each character as one.
[[nodiscard]] std::size_t width(std::string_view text) noexcept;

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

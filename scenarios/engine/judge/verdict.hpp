// What the judge says: a verdict for each claim, and what they come to together. Units: seconds
// since the start of the run. Errors: none. Thread-safety: values.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/exit_code/exit_code.hpp"
#include "core/verdict/verdict.hpp"

namespace plimsoll::engine::judge {

using verdict::Verdict;

struct ClaimVerdict {
  std::string id;
  Verdict verdict = Verdict::kPending;
  std::optional<double> at;        // when it was decided; the mark CLAIM.at where it passed
  std::optional<double> earliest;  // of a pass: the last answer at which it did not hold yet
  std::optional<double> from, to;  // its window, as far as it is known
  std::string expected;            // "restarts +1, last terminated: OOMKilled"
  std::string window;              // "within 60s after bloat.start"
  std::string seen;                // "restarts +0 at 00:12"
  std::string reason;              // why it is inconclusive or skipped, or what a fail means
  std::string pod;                 // the pod that it is about, if it is about one
  bool needs_end = false;          // only the mark "end" can decide it
};
// "oom: expected restarts +2 within 60s after bloat.start; saw +1 at 00:12"
[[nodiscard]] std::string to_line(const ClaimVerdict& claim);

struct Judgement {
  std::vector<ClaimVerdict> claims;  // in file order
  [[nodiscard]] bool decided() const noexcept;
  // Steps done and this true: time to write the mark "end" and judge once more.
  [[nodiscard]] bool decided_but_for_end() const noexcept;
  // 1 where a claim failed, else 3 where one is inconclusive, skipped or pending, else 0. The
  // runner combines it with its own by graver().
  [[nodiscard]] ExitCode exit_code() const noexcept;
};

}  // namespace plimsoll::engine::judge

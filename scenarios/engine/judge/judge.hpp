// The judge: (scenario, observations, now) -> a verdict per claim. The same function judges a run
// while it goes on and replays an old one. It decides as early as it can: eventually and between
// pass at the first match, never and always fail at the first breach, always, never and final pass
// only when their window has closed. Empty is never a pass: no data, a failed query, a gap of more
// than three polls in what a claim needs make it inconclusive. Shapes and units: seconds since the
// start of the run. Errors: none; what cannot be judged is a verdict. Thread-safety: pure.
// Source: docs/scenarios.md, "How it is judged".
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/result/exit_code.hpp"
#include "scenarios/engine/log/observation.hpp"
#include "scenarios/engine/model/model.hpp"

namespace plimsoll::engine::judge {

enum class Verdict { kPending, kPass, kFail, kInconclusive, kSkipped };
[[nodiscard]] const char* to_string(Verdict verdict) noexcept;  // "pending", "pass", ...

struct ClaimVerdict {
  std::string id;
  Verdict verdict = Verdict::kPending;
  std::optional<double> at;        // when it was decided; the mark CLAIM.at where it passed
  std::optional<double> earliest;  // of a pass: the last look at which it did not hold yet
  std::optional<double> from, to;  // its window, as far as it is known
  std::string expected;            // "restarts +1, last terminated: OOMKilled"
  std::string window;              // "within 60s after bloat.start"
  std::string seen;                // "restarts +0 at 00:12"
  std::string reason;              // why it is inconclusive or skipped, or what a fail means
  std::string pod;                 // the pod that it is about, if it is about one
  bool needs_end = false;          // only the mark "end" can decide it
};

struct Judgement {
  std::vector<ClaimVerdict> claims;  // in file order
  [[nodiscard]] bool decided() const noexcept;
  // Steps done and this true: time to write the mark "end" and judge once more.
  [[nodiscard]] bool decided_but_for_end() const noexcept;
  // 1 where a claim failed, else 3 where one is inconclusive, skipped or pending, else 0. The
  // runner combines it with its own by graver().
  [[nodiscard]] ExitCode exit_code() const noexcept;
};

// now: t up to which the observations are complete. Once they hold the mark "end", nothing stays
// pending.
[[nodiscard]] Judgement judge(const model::Scenario& scenario,
                              const log::Observations& observations, double now);

// "oom: expected restarts +2 within 60s after bloat.start; saw +1 at 00:12"
[[nodiscard]] std::string to_line(const ClaimVerdict& claim);

}  // namespace plimsoll::engine::judge

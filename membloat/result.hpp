// What a run of membloat asked for, reached, and why it ended; as text for people and as JSON
// (plimsoll.membloat/v1). Pure functions.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "core/cli/lifeline.hpp"
#include "core/exit_code/exit_code.hpp"
#include "membloat/plan.hpp"

namespace plimsoll::membloat {

// Counters are those of this run.
struct Measured {
  std::uint64_t reached = 0;   // of what the goal speaks of; at the end
  std::uint64_t lowest = 0;    // while holding
  std::uint64_t highest = 0;   // while holding
  std::uint64_t resident = 0;  // membloat's own memory
  std::uint64_t peak = 0;      // of the container's use; of resident without a cgroup
  double duration_s = 0;
  std::optional<int> cgroup_version;
  std::optional<std::uint64_t> usage;
  std::uint64_t limit_hits = 0;
  std::uint64_t oom_kills = 0;
  std::optional<std::uint64_t> node_oom_kills;
  bool about_to_exceed = false;         // written before the last step, in case it is the last
  std::optional<std::uint64_t> huge;    // of resident, in huge pages, where they were asked for
  std::optional<std::uint64_t> shaped;  // the highest goal so far; reached is the highest level
  std::optional<cli::Ending> ended;     // before its time
  std::optional<Error> stopped;         // could not go on
};

using timed_run::Verdict;

[[nodiscard]] Verdict judge(const Plan& plan, const Measured& measured);
[[nodiscard]] std::string to_text(const Plan& plan, const Measured& measured,
                                  const Verdict& verdict);
[[nodiscard]] std::string to_json(const Plan& plan, const Measured& measured,
                                  const Verdict& verdict);

}  // namespace plimsoll::membloat

// What a run of cpuburn asked for, got, and why; as text for people and as JSON
// (plimsoll.cpuburn/v1). Pure functions.
#pragma once
#include <optional>
#include <string>

#include "core/cgroup/cgroup.hpp"
#include "core/cli/lifeline.hpp"
#include "core/exit_code/exit_code.hpp"
#include "cpuburn/plan.hpp"

namespace plimsoll::cpuburn {

// Averages are over the time after the ramp.
struct Measured {
  double requested_cores = 0;   // the aim; its average with a shape, or when the limit changed
  double attainable_cores = 0;  // the same, where the limit cuts it off
  double achieved_cores = 0;
  double duration_s = 0;  // from start to end, the ramp included
  int threads = 0;
  std::optional<int> cgroup_version;
  std::optional<double> limit_cores;          // at the end
  std::optional<cgroup::CpuStat> throttling;  // in this run; nullopt: not readable
  std::optional<double> cgroup_cores;         // used by all processes of the cgroup
  std::optional<cgroup::Pressure> pressure;   // at the end
  std::optional<cli::Ending> ended;           // before its time
};

using timed_run::Verdict;

[[nodiscard]] Verdict judge(const Plan& plan, const Measured& measured);
[[nodiscard]] std::string to_text(const Plan& plan, const Measured& measured,
                                  const Verdict& verdict);
[[nodiscard]] std::string to_json(const Plan& plan, const Measured& measured,
                                  const Verdict& verdict);

}  // namespace plimsoll::cpuburn

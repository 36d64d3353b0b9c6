// From what was asked and what is here to what will be done. Errors: exit code 2 for an aim that
// makes no sense here, 4 for a limit that is needed and cannot be read. Pure functions.
#pragma once
#include <optional>
#include <string>

#include "core/cgroup/cgroup.hpp"
#include "cpuburn/options.hpp"

namespace plimsoll::cpuburn {

struct Plan {
  double cores = 0;                   // asked for
  double highest = 0;                 // the most that the shape makes of it
  int threads = 1;                    // each gives cores / threads, one core at most
  double ceiling = 0;                 // in cores: catching up never goes faster than this
  std::optional<double> limit_cores;  // nullopt: none, or not readable
  bool past_limit = false;            // the aim is at or above the limit: throttling is expected
  bool on_purpose = false;            // ... and was asked for as a percentage of the limit
  units::Duration slot{0};            // how often each thread looks at its clock
  std::string asked;                  // "400m (80% of the limit of 500m)"
};

using Limit = Result<std::optional<cgroup::CpuLimit>>;

// cpus: how many this process may run on. options.request is set where it is needed.
[[nodiscard]] Result<Plan> plan(const Options& options, const Limit& limit, int cpus);

}  // namespace plimsoll::cpuburn

// What a run of cpuburn will do in the place it is started in, and why: for --explain and
// --dry-run. Pure function.
// Source of the pressure figures: a group of N runnable threads that gets L cores waits 1 - L/N of
// the time, https://docs.kernel.org/accounting/psi.html.
#pragma once
#include <optional>
#include <string>

#include "cpuburn/plan.hpp"

namespace plimsoll::cpuburn {

struct Here {
  Limit limit;
  std::optional<int> version;  // of the cpu cgroup; nullopt: not to be found
  int cpus = 1;
};

// Several lines. Of a plan that was refused only the place is told; the refusal is the caller's.
[[nodiscard]] std::string explain(const Options& options, const Here& here,
                                  const Result<Plan>& planned);

}  // namespace plimsoll::cpuburn

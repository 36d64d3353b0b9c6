#include "target/load/cores.hpp"

#include <algorithm>

#include "core/cgroup/cgroup.hpp"
#include "core/machine/machine.hpp"

namespace plimsoll::target::load {

Result<std::optional<double>> limit_cores() {
  const auto cgroup = cgroup::Cgroup::of_this_process();
  if (!cgroup) return cgroup.error();
  const auto limit = cgroup->cpu_limit();
  if (!limit) return limit.error();
  if (!limit->has_value()) return std::optional<double>{};
  return std::optional<double>{(*limit)->cores.count};
}

double usable_cores() {
  const auto limit = limit_cores();
  const double machine = machine::usable_cpus();
  return limit && limit->has_value() ? std::clamp(**limit, 0.001, machine) : machine;
}

}  // namespace plimsoll::target::load

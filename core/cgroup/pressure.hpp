// Pressure stall information: "some avg10=1.23 avg60=... total=..." and "full ...".
// Errors: exit code 4, naming file and content. Thread-safety: pure function.
// Source: https://docs.kernel.org/accounting/psi.html
#pragma once
#include <optional>
#include <string>

#include "core/cgroup/cgroup.hpp"

namespace plimsoll::cgroup {

// nullopt: the kernel keeps no such figures. A missing "full" line counts as 0 (the cpu file had
// none before Linux 5.13).
[[nodiscard]] Result<std::optional<Pressure>> read_pressure(const std::string& path);

}  // namespace plimsoll::cgroup

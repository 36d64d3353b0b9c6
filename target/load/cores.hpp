// How many CPUs there are for this process. Thread-safety: safe; reads /proc and the cgroup anew.
#pragma once
#include <optional>

#include "core/result/result.hpp"

namespace plimsoll::target::load {

// The CPU limit of the cgroup; nullopt where none is set. Errors: the cgroup cannot be read.
[[nodiscard]] Result<std::optional<double>> limit_cores();

// The limit where there is one, else the CPUs that this process may run on. At least a thousandth.
[[nodiscard]] double usable_cores();

}  // namespace plimsoll::target::load

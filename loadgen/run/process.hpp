// What a run takes of this process and its cgroup, and how many files it may open.
// Thread-safety: safe.
#pragma once
#include <cstdint>

#include "core/cgroup/cgroup.hpp"
#include "core/result/result.hpp"

namespace plimsoll::loadgen::run {

[[nodiscard]] std::uint64_t max_rss_bytes();
// Zeros where no cgroup can be read: there is no throttling to report.
[[nodiscard]] cgroup::CpuStat throttling();

// Raises the soft limit of open files to the hard one. Error: it is still too small.
[[nodiscard]] Result<void> allow_connections(std::uint64_t connections);

}  // namespace plimsoll::loadgen::run

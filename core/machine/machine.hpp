// What the machine gives this process: CPUs, open files, memory; and how much CPU time it has used.
// Thread-safety: safe, apart from raise_open_files().
#pragma once
#include <cstdint>
#include <string>

#include "core/result/result.hpp"
#include "core/units/units.hpp"

namespace plimsoll::machine {

// CPUs that this process may run on, by its affinity; at least 1.
[[nodiscard]] int usable_cpus();

// Raises the limit of open files as far as it may be raised (RLIMIT_NOFILE, from soft to hard), and
// returns it; the largest number where there is none.
std::uint64_t raise_open_files();

// CPU time used. Source: https://man7.org/linux/man-pages/man3/clock_gettime.3.html
[[nodiscard]] units::Duration thread_cpu();   // by the calling thread
[[nodiscard]] units::Duration process_cpu();  // by the whole process

// "MemAvailable" or another line of /proc/meminfo. root: as in core/cgroup. Errors: the file cannot
// be read, or has no such line; the message names it.
[[nodiscard]] Result<units::Bytes> meminfo(const std::string& key, const std::string& root = "");

}  // namespace plimsoll::machine

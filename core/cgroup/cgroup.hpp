// The cgroup of this process: limits, use, throttling, OOM kills. Version 1, version 2 and hybrids,
// inside a container (with or without a cgroup namespace) and outside.
// Limits are the effective ones: the smallest on the visible path from this process's cgroup up to
// the top of the mount; limits of cgroups that a container cannot see are not known. Figures that
// belong to a limit (throttled periods, memory in use) are read where that limit is set.
// "No limit" is an empty optional. A file that cannot be read or has an unknown format is an Error
// (exit code 4) that names the file and what was found. Thread-safety: const calls are safe.
// Sources: https://docs.kernel.org/admin-guide/cgroup-v2.html,
// https://docs.kernel.org/admin-guide/cgroup-v1/memory.html,
// https://docs.kernel.org/scheduler/sched-bwc.html
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result/result.hpp"
#include "core/units/units.hpp"

namespace plimsoll::cgroup {

// One mounted hierarchy, as seen by this process.
struct Hierarchy {
  int version = 2;                  // 1 or 2
  std::vector<std::string> levels;  // folders: this process's cgroup first, then its ancestors
};

struct CpuLimit {
  units::Cores cores;      // quota / period
  units::Duration period;  // the CFS period, usually 100 ms
  std::size_t level = 0;   // which of Hierarchy::levels sets it
  std::string file;        // where it was read
};

// Counters since the cgroup was made. All zero where no quota has ever been set.
struct CpuStat {
  std::uint64_t periods = 0;
  std::uint64_t throttled_periods = 0;
  double throttled_seconds = 0;  // summed over CPUs: may exceed the wall clock
};

struct MemoryLimit {
  units::Bytes bytes;
  std::size_t level = 0;
  std::string file;
};

struct MemoryStat {
  units::Bytes usage;                // page cache and kernel memory included
  std::optional<units::Bytes> peak;  // memory.peak came with Linux 5.19
  std::uint64_t limit_hits = 0;      // v1 memory.failcnt, v2 "max" in memory.events
  std::uint64_t oom_kills = 0;       // processes of this cgroup that the OOM killer ended
  units::Bytes page_cache;           // of usage: files, which the kernel drops before it kills
};

// Share of the last ten seconds in which tasks waited, in percent.
struct Pressure {
  double some_avg10 = 0;
  double full_avg10 = 0;
};

class Cgroup {
 public:
  // root is put before every path ("" is the real machine; tests give a folder of fake files).
  // Error: /proc/self/cgroup or /proc/self/mountinfo cannot be read. A controller that cannot be
  // found is an Error of the calls that need it.
  [[nodiscard]] static Result<Cgroup> of_this_process(const std::string& root = "");

  [[nodiscard]] const Result<Hierarchy>& cpu() const noexcept { return cpu_; }
  [[nodiscard]] const Result<Hierarchy>& memory() const noexcept { return memory_; }
  // 1 or 2; nullopt where the controller is not to be found.
  [[nodiscard]] std::optional<int> cpu_version() const noexcept;
  [[nodiscard]] std::optional<int> memory_version() const noexcept;

  [[nodiscard]] Result<std::optional<CpuLimit>> cpu_limit() const;
  [[nodiscard]] Result<CpuStat> cpu_stat() const;
  // CPU time used by all processes of this cgroup since it was made.
  [[nodiscard]] Result<units::Duration> cpu_usage() const;
  // nullopt where the kernel keeps no pressure figures for this cgroup (always so on version 1).
  [[nodiscard]] Result<std::optional<Pressure>> cpu_pressure() const;

  [[nodiscard]] Result<std::optional<MemoryLimit>> memory_limit() const;
  [[nodiscard]] Result<MemoryStat> memory_stat() const;
  [[nodiscard]] Result<std::optional<Pressure>> memory_pressure() const;
  // memory.high, above which growth is slowed down; nullopt: not set, or version 1.
  [[nodiscard]] Result<std::optional<units::Bytes>> memory_high() const;
  // Swap that this cgroup may use beside memory; nullopt: not limited.
  [[nodiscard]] Result<std::optional<units::Bytes>> swap_limit() const;
  // memory.oom.group: true when an OOM kill takes the whole cgroup. Always false on version 1.
  [[nodiscard]] Result<bool> oom_kills_group() const;
  // Version 1's oom_kill_disable: processes hang at the limit instead of being killed.
  [[nodiscard]] Result<bool> oom_killer_disabled() const;

 private:
  Cgroup(Result<Hierarchy> cpu, Result<Hierarchy> cpuacct, Result<Hierarchy> memory);

  Result<Hierarchy> cpu_;
  Result<Hierarchy> cpuacct_;
  Result<Hierarchy> memory_;
};

}  // namespace plimsoll::cgroup

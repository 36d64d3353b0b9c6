// What membloat has to know about the place it runs in. Errors: exit code 4, naming the file.
#pragma once
#include <optional>
#include <string>

#include "core/cgroup/cgroup.hpp"

namespace plimsoll::membloat {

struct Surroundings {
  std::optional<int> version;  // of the memory cgroup; nullopt: not to be found
  // An Error where it cannot be read; that matters only to those who need it.
  Result<std::optional<cgroup::MemoryLimit>> limit = std::optional<cgroup::MemoryLimit>{};
  std::optional<cgroup::MemoryStat> stat;  // always there where limit is
  std::optional<units::Bytes> high;        // memory.high
  units::Bytes swap;                       // that the cgroup could use beside its limit
  bool oom_group = false;                  // an OOM kill takes the whole container
  bool oom_killer_disabled = false;
  units::Bytes available;                // MemAvailable of the machine
  std::string huge_page_mode;            // "always", "madvise", "never"; "" where not known
  std::optional<units::Bytes> lockable;  // by mlock; nullopt: no bound

  // In use, without page cache.
  [[nodiscard]] std::uint64_t unreclaimable() const noexcept;
  [[nodiscard]] std::optional<std::uint64_t> limit_bytes() const noexcept;
};

// root as in core/cgroup.
[[nodiscard]] Result<Surroundings> look_around(const Result<cgroup::Cgroup>& group,
                                               const std::string& root = "");

// How much this process may lock: RLIMIT_MEMLOCK, which the capability IPC_LOCK lifts. nullopt: no
// bound. Source: https://man7.org/linux/man-pages/man2/mlock.2.html
[[nodiscard]] Result<std::optional<units::Bytes>> lockable(const std::string& root = "");

}  // namespace plimsoll::membloat

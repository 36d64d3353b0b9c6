#include "core/machine/machine.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <limits>
#include <thread>

#include "core/cgroup/files.hpp"

namespace plimsoll::machine {
namespace {

units::Duration read_clock(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

}  // namespace

int usable_cpus() {
  // More than 1024 CPUs need a larger set than this one; then all of them count.
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

std::uint64_t raise_open_files() {
  constexpr std::uint64_t kDefault = 1024;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return kDefault;
  if (limit.rlim_cur != limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  static_assert(RLIM_INFINITY == std::numeric_limits<std::uint64_t>::max());
  return limit.rlim_cur;
}

units::Duration thread_cpu() { return read_clock(CLOCK_THREAD_CPUTIME_ID); }
units::Duration process_cpu() { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

Result<units::Bytes> meminfo(const std::string& key, const std::string& root) {
  const std::string path = root + "/proc/meminfo";
  const auto text = cgroup::read_file(path);
  if (!text) return text.error();
  for (const auto line : cgroup::split(*text, '\n')) {
    const auto fields = cgroup::split(line, ' ');
    if (fields.size() != 3 || fields[0] != key + ":") continue;
    const auto kib = cgroup::to_count(fields[1]);
    if (!kib || fields[2] != "kB") return cgroup::malformed(path, "'" + key + ": NUMBER kB'", line);
    return units::Bytes{*kib * 1024};
  }
  return cgroup::malformed(path, "a line '" + key + ": NUMBER kB'", "");
}

}  // namespace plimsoll::machine

#include "loadgen/run/process.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <fstream>
#include <string>

namespace plimsoll::loadgen::run {
namespace {

constexpr std::uint64_t kOtherFiles = 32;  // epoll, timers, DNS, metrics, output

}  // namespace

double process_cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// getrusage would do, were it not that a program inherits the peak of the one that started it.
std::uint64_t max_rss_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6)) * 1024;
  return 0;
}

cgroup::CpuStat throttling() {
  const auto own = cgroup::Cgroup::of_this_process();
  if (!own) return {};
  const auto stat = own->cpu_stat();
  return stat ? *stat : cgroup::CpuStat{};
}

Result<void> allow_connections(std::uint64_t connections) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
  if (limit.rlim_cur != limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur != RLIM_INFINITY && connections + kOtherFiles > limit.rlim_cur)
    return unavailable(fmt::format(
        "{} connections need {} open files and the limit is {}: raise it (ulimit -n) or lower "
        "--connections",
        connections, connections + kOtherFiles, limit.rlim_cur));
  return {};
}

}  // namespace plimsoll::loadgen::run

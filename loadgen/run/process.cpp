#include "loadgen/run/process.hpp"

#include <fmt/format.h>

#include <fstream>
#include <string>

#include "core/machine/machine.hpp"

namespace plimsoll::loadgen::run {
namespace {

constexpr std::uint64_t kOtherFiles = 32;  // epoll, timers, DNS, metrics, output

}  // namespace

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
  const auto limit = machine::raise_open_files();
  if (connections + kOtherFiles > limit)
    return unavailable(fmt::format(
        "{} connections need {} open files and the limit is {}: raise it (ulimit -n) or lower "
        "--connections",
        connections, connections + kOtherFiles, limit));
  return {};
}

}  // namespace plimsoll::loadgen::run

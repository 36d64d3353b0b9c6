#include "core/metrics/process.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <limits>

#include "core/machine/machine.hpp"
#include "core/units/units.hpp"

namespace plimsoll::metrics {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

double cpu_seconds() { return units::seconds(machine::process_cpu()); }

// The second field of /proc/self/statm, in pages.
double resident_bytes() {
  std::ifstream statm{"/proc/self/statm"};
  double total = 0;
  double resident = 0;
  if (!(statm >> total >> resident)) return kUnknown;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double open_descriptors() {
  std::error_code error;
  std::filesystem::directory_iterator folder{"/proc/self/fd", error};
  if (error) return kUnknown;
  double count = -1;  // the folder itself is open while it is read
  for (; folder != std::filesystem::directory_iterator{}; folder.increment(error)) {
    if (error) return kUnknown;
    ++count;
  }
  return count;
}

double max_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return kUnknown;
  return static_cast<double>(limit.rlim_cur);
}

}  // namespace

void add_process_metrics(Registry& registry) {
  const double started =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  registry.read_counter("process_cpu_seconds_total", "CPU time used, user and system.",
                        cpu_seconds);
  registry.read_gauge("process_resident_memory_bytes", "Resident memory.", resident_bytes);
  registry.read_gauge("process_open_fds", "Open file descriptors.", open_descriptors);
  registry.read_gauge("process_max_fds", "Limit of open file descriptors.", max_descriptors);
  registry.read_gauge("process_start_time_seconds", "Start time since the Unix epoch.",
                      [started] { return started; });
}

}  // namespace plimsoll::metrics

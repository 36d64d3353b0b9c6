#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "core/cgroup/files.hpp"
#include "membloat/memory.hpp"

namespace plimsoll::membloat {
namespace {

constexpr std::uint64_t kPage = 4096;

int drop_read_only_segments(dl_phdr_info* object, std::size_t, void*) {
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const auto start = (object->dlpi_addr + segment.p_vaddr) & ~(kPage - 1);
    const auto end = object->dlpi_addr + segment.p_vaddr + segment.p_memsz;
    ::madvise(reinterpret_cast<void*>(start), end - start, MADV_DONTNEED);
  }
  return 0;
}

}  // namespace

void trim_resident_set() {
  ::malloc_trim(0);
  ::dl_iterate_phdr(drop_read_only_segments, nullptr);
}

std::uint64_t trimmed_resident_set() {
  const int file = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  std::array<char, 128> text{};
  trim_resident_set();
  // Nothing but this call may come in between: every function used is pages of the program.
  const auto length = ::pread(file, text.data(), text.size() - 1, 0);
  ::close(file);
  unsigned long long pages = 0;
  if (length <= 0 || std::sscanf(text.data(), "%*u %llu", &pages) != 1) return 0;
  constexpr std::uint64_t kPageTables = 64 * 1024;
  return pages * kPage + kPageTables;
}

std::optional<std::uint64_t> huge_pages_in_use(const std::string& root) {
  const auto text = cgroup::read_file(root + "/proc/self/smaps_rollup");
  if (!text) return std::nullopt;
  for (const auto line : cgroup::split(*text, '\n')) {
    const auto fields = cgroup::split(line, ' ');
    if (fields.size() != 3 || fields[0] != "AnonHugePages:") continue;
    const auto kib = cgroup::to_count(fields[1]);
    return kib ? std::optional{*kib * 1024} : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace plimsoll::membloat

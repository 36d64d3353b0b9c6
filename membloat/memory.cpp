#include "membloat/memory.hpp"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "membloat/pattern.hpp"

namespace plimsoll::membloat {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kHugePage = 2 * 1024 * 1024;
// Faulted in at once, and still in the cache when it is filled.
constexpr std::uint64_t kPopulate = 256 * 1024;

Error failed(const char* what) {
  return inconclusive(fmt::format("cannot take memory: {}: {}", what, std::strerror(errno)));
}

class PrivateMemory final : public Memory {
 public:
  PrivateMemory(char* start, std::uint64_t mapped, const PrivateOptions& options)
      : mapping_(start), mapped_(mapped), start_(aligned(start)), options_(options) {}
  ~PrivateMemory() override { ::munmap(mapping_, mapped_); }

  // A system without them leaves it at small ones; huge_pages_in_use() tells.
  void use_huge_pages() { ::madvise(start_, options_.huge, MADV_HUGEPAGE); }

  Result<void> grow(std::uint64_t bytes) override {
    bytes = std::min(bytes, options_.most - size_);
    while (bytes > 0) {
      const auto block = std::min(bytes, kPopulate);
      if (options_.locked && ::mlock(start_ + size_, block) != 0)
        return unavailable(
            fmt::format("cannot lock memory: {}; see RLIMIT_MEMLOCK, or add "
                        "the capability IPC_LOCK to the container",
                        std::strerror(errno)));
      // Cheaper than a page fault each. Before Linux 5.14 it fails, and the faults do the work.
      ::madvise(start_ + size_, block, MADV_POPULATE_WRITE);
      fill(block);
      bytes -= block;
    }
    return {};
  }

  void shrink(std::uint64_t bytes) override {
    bytes = std::min(bytes, size_);
    size_ -= bytes;
    if (options_.locked) ::munlock(start_ + size_, bytes);
    ::madvise(start_ + size_, bytes, MADV_DONTNEED);
  }

 private:
  static char* aligned(char* start) {
    const auto address = reinterpret_cast<std::uintptr_t>(start);
    return start + ((address + kHugePage - 1) / kHugePage * kHugePage - address);
  }

  void fill(std::uint64_t block) {
    while (block > 0) {
      const auto part = std::min(block, Pattern::kBytes);
      std::memcpy(start_ + size_, pattern_.stamped(), part);
      size_ += part;
      block -= part;
    }
  }

  char* mapping_;
  std::uint64_t mapped_;
  char* start_;
  PrivateOptions options_;
  Pattern pattern_;
};

}  // namespace

Result<std::unique_ptr<Memory>> private_memory(const PrivateOptions& options) {
  auto rounded = options;
  rounded.most = (options.most + kPage - 1) / kPage * kPage;
  rounded.huge = std::min(options.huge, rounded.most) / kHugePage * kHugePage;
  const auto mapped = rounded.most + kHugePage;
  void* start = ::mmap(nullptr, mapped, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start == MAP_FAILED) return failed("mmap");
  // Huge pages make steps of 2 MiB, so what comes last is always in small ones.
  ::madvise(start, mapped, MADV_NOHUGEPAGE);
  auto memory = std::make_unique<PrivateMemory>(static_cast<char*>(start), mapped, rounded);
  if (rounded.huge > 0) memory->use_huge_pages();
  return std::unique_ptr<Memory>{std::move(memory)};
}

}  // namespace plimsoll::membloat

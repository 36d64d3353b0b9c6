#include "membloat/memory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace plimsoll::membloat {
namespace {

constexpr std::uint64_t kPage = 4096;

Error failed(const char* what) {
  return inconclusive(fmt::format("cannot take memory: {}: {}", what, std::strerror(errno)));
}

// Random pages; each gets a stamp of its own, so that no two are the same.
class Pattern {
 public:
  Pattern() {
    std::uint64_t state = 0x9e3779b97f4a7c15U;
    for (auto& word : words_) {
      state ^= state << 13;
      state ^= state >> 7;
      state ^= state << 17;
      word = state;
    }
  }
  static constexpr std::uint64_t kBytes = 16 * kPage;

  // kBytes of data; good until the next call.
  const char* stamped() {
    for (std::size_t word = 0; word < words_.size(); word += kPage / sizeof(std::uint64_t))
      words_[word] = ++stamp_ * 0x9e3779b97f4a7c15U;
    return reinterpret_cast<const char*>(words_.data());
  }

 private:
  std::array<std::uint64_t, kBytes / sizeof(std::uint64_t)> words_;
  std::uint64_t stamp_ = 0;
};

class PrivateMemory final : public Memory {
 public:
  PrivateMemory(char* start, std::uint64_t most) : start_(start), most_(most) {}
  ~PrivateMemory() override { ::munmap(start_, most_); }

  Result<void> grow(std::uint64_t bytes) override {
    bytes = std::min(bytes, most_ - size_);
    for (std::uint64_t done = 0; done < bytes;) {
      const auto block = std::min(bytes - done, Pattern::kBytes);
      std::memcpy(start_ + size_, pattern_.stamped(), block);
      size_ += block;
      done += block;
    }
    return {};
  }

  void shrink(std::uint64_t bytes) override {
    bytes = std::min(bytes, size_);
    size_ -= bytes;
    ::madvise(start_ + size_, bytes, MADV_DONTNEED);
  }

 private:
  char* start_;
  std::uint64_t most_;
  Pattern pattern_;
};

class UnownedMemory final : public Memory {
 public:
  explicit UnownedMemory(int file) : file_(file) {}
  ~UnownedMemory() override { ::close(file_); }

  Result<void> grow(std::uint64_t bytes) override {
    for (std::uint64_t done = 0; done < bytes;) {
      const auto block = std::min(bytes - done, Pattern::kBytes);
      const auto written = ::pwrite(file_, pattern_.stamped(), block, static_cast<off_t>(size_));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return failed("write to memfd");
      size_ += static_cast<std::uint64_t>(written);
      done += static_cast<std::uint64_t>(written);
    }
    return {};
  }

  void shrink(std::uint64_t bytes) override {
    size_ -= std::min(bytes, size_);
    // Cannot fail on a memfd that is not sealed.
    if (::ftruncate(file_, static_cast<off_t>(size_)) != 0) return;
  }

 private:
  int file_;
  Pattern pattern_;
};

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

Result<std::unique_ptr<Memory>> private_memory(std::uint64_t most) {
  most = (most + kPage - 1) / kPage * kPage;
  void* start = ::mmap(nullptr, most, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start == MAP_FAILED) return failed("mmap");
  // Huge pages would make steps of 2 MiB.
  ::madvise(start, most, MADV_NOHUGEPAGE);
  return std::unique_ptr<Memory>{new PrivateMemory{static_cast<char*>(start), most}};
}

Result<std::unique_ptr<Memory>> unowned_memory() {
  const int file = ::memfd_create("membloat", MFD_CLOEXEC);
  if (file < 0) return failed("memfd_create");
  return std::unique_ptr<Memory>{new UnownedMemory{file}};
}

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

}  // namespace plimsoll::membloat

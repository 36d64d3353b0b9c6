// Memory that counts: every page of 4 KiB is written with data that does not compress, so neither
// the zero page, nor zswap, nor same-page merging can take it back. Errors: exit code 3 with the
// system's reason, 4 where something is not allowed. Not thread-safe.
// Source: https://man7.org/linux/man-pages/man2/madvise.2.html
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/result/result.hpp"

namespace plimsoll::membloat {

class Memory {
 public:
  virtual ~Memory() = default;
  // Both in whole pages.
  [[nodiscard]] virtual Result<void> grow(std::uint64_t bytes) = 0;
  virtual void shrink(std::uint64_t bytes) = 0;
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

 protected:
  std::uint64_t size_ = 0;
};

struct PrivateOptions {
  std::uint64_t most = 0;  // never more than this
  std::uint64_t huge = 0;  // so much of it, from the start, in huge pages where the system has them
  bool locked = false;     // mlock(2)
};

// Private memory of this process: its resident set grows with it.
[[nodiscard]] Result<std::unique_ptr<Memory>> private_memory(const PrivateOptions& options);

// A memfd that is filled with write() and never mapped: charged to the cgroup, but not part of any
// process's resident set, so the OOM killer does not see whose it is.
[[nodiscard]] Result<std::unique_ptr<Memory>> unowned_memory();

// A file without a name in this folder, filled with write(): page cache, which the kernel drops
// before it kills. Refused (exit code 4) on a tmpfs, where files are memory, and where the disk has
// less than most free.
[[nodiscard]] Result<std::unique_ptr<Memory>> page_cache(const std::string& folder,
                                                         std::uint64_t most);

// How much of this process's private memory is in huge pages; nullopt: not known.
[[nodiscard]] std::optional<std::uint64_t> huge_pages_in_use(const std::string& root = "");

// Gives back what this process does not need any more, so that its resident set is as small as can
// be: free heap, and pages of the program that can be read again.
void trim_resident_set();

// Trims it and tells what is left, in bytes: resident set and page tables. Nearly what the OOM
// killer would see while memory is taken, since taking it touches little else.
[[nodiscard]] std::uint64_t trimmed_resident_set();

}  // namespace plimsoll::membloat

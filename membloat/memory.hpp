// Memory that counts: every page of 4 KiB is written with data that does not compress, so neither
// the zero page, nor zswap, nor same-page merging can take it back. Errors: exit code 3 with the
// system's reason. Not thread-safe.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

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

// Private memory of this process: its resident set grows with it. most: never more than this.
[[nodiscard]] Result<std::unique_ptr<Memory>> private_memory(std::uint64_t most);

// A memfd that is filled with write() and never mapped: charged to the cgroup, but not part of any
// process's resident set, so the OOM killer does not see whose it is.
[[nodiscard]] Result<std::unique_ptr<Memory>> unowned_memory();

// Gives back what this process does not need any more, so that its resident set is as small as can
// be: free heap, and pages of the program that can be read again.
void trim_resident_set();

// Trims it and tells what is left, in bytes: resident set and page tables. Nearly what the OOM
// killer would see while memory is taken, since taking it touches little else.
[[nodiscard]] std::uint64_t trimmed_resident_set();

}  // namespace plimsoll::membloat

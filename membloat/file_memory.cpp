#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/units/units.hpp"
#include "membloat/memory.hpp"
#include "membloat/pattern.hpp"

namespace plimsoll::membloat {
namespace {

// Memory in the kernel's keeping: a file that is written and never mapped.
class FileMemory final : public Memory {
 public:
  FileMemory(int file, std::uint64_t most) : file_(file), most_(most) {}
  ~FileMemory() override { ::close(file_); }

  Result<void> grow(std::uint64_t bytes) override {
    if (bytes > most_ - size_)
      return inconclusive("the kernel dropped page cache as fast as it was filled");
    for (std::uint64_t done = 0; done < bytes;) {
      const auto block = std::min(bytes - done, Pattern::kBytes);
      const auto written = ::pwrite(file_, pattern_.stamped(), block, static_cast<off_t>(size_));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0)
        return inconclusive(
            fmt::format("cannot take memory: write to the file: {}", std::strerror(errno)));
      size_ += static_cast<std::uint64_t>(written);
      done += static_cast<std::uint64_t>(written);
    }
    return {};
  }

  void shrink(std::uint64_t bytes) override {
    size_ -= std::min(bytes, size_);
    // Cannot fail on a file that is open for writing and not sealed.
    if (::ftruncate(file_, static_cast<off_t>(size_)) != 0) return;
  }

 private:
  int file_;
  std::uint64_t most_;
  Pattern pattern_;
};

// Not every file system has files without a name.
int open_nameless(const std::string& folder) {
  const int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) return file;
  std::string name = folder + "/membloat-XXXXXX";
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

}  // namespace

Result<std::unique_ptr<Memory>> unowned_memory() {
  const int file = ::memfd_create("membloat", MFD_CLOEXEC);
  if (file < 0)
    return inconclusive(fmt::format("cannot take memory: memfd_create: {}", std::strerror(errno)));
  return std::unique_ptr<Memory>{new FileMemory{file, ~std::uint64_t{0}}};
}

Result<std::unique_ptr<Memory>> page_cache(const std::string& folder, std::uint64_t most) {
  const int file = open_nameless(folder);
  if (file < 0)
    return unavailable(
        fmt::format("--kind page-cache: cannot write in {}: {}; give --dir a folder on a disk",
                    folder, std::strerror(errno)));
  std::unique_ptr<Memory> memory{new FileMemory{file, most}};
  struct statfs system {};
  struct statvfs disk {};
  if (::fstatfs(file, &system) != 0 || ::fstatvfs(file, &disk) != 0)
    return unavailable(
        fmt::format("--kind page-cache: cannot look at {}: {}", folder, std::strerror(errno)));
  if (system.f_type == TMPFS_MAGIC || system.f_type == RAMFS_MAGIC)
    return unavailable(fmt::format(
        "--kind page-cache: {} is a tmpfs, whose files are memory that the kernel cannot drop; use "
        "--kind memfd, or give --dir a folder on a disk",
        folder));
  const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  if (free < most)
    return unavailable(fmt::format("--kind page-cache: {} has {} free, and {} is needed", folder,
                                   units::format_bytes({free}), units::format_bytes({most})));
  return memory;
}

}  // namespace plimsoll::membloat

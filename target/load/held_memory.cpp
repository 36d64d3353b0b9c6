#include "target/load/held_memory.hpp"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>
#include <string>
#include <utility>

#include "core/cgroup/cgroup.hpp"
#include "core/machine/machine.hpp"

namespace plimsoll::target::load {
namespace {

constexpr std::uint64_t kStep = std::uint64_t{1} << 20U;

bool has_memory_limit() {
  const auto cgroup = cgroup::Cgroup::of_this_process();
  if (!cgroup) return false;
  const auto limit = cgroup->memory_limit();
  return limit && limit->has_value();
}

}  // namespace

Result<HeldMemory::Block> HeldMemory::take(units::Bytes bytes) {
  std::uint64_t most = most_ ? most_->count : std::numeric_limits<std::uint64_t>::max();
  const char* whose = "MAX_MEMORY";
  if (!has_memory_limit()) {
    const auto memory = machine::meminfo("MemAvailable");
    const auto available = memory ? memory->count / 10 * 8 : 0;
    if (available + bytes_ < most) {
      most = available + bytes_;
      whose = "80 % of the machine's available memory, because there is no memory limit here";
    }
  }
  auto held = bytes_.load();
  do {
    if (bytes.count > most - std::min(most, held)) {
      return unavailable(fmt::format("{} more than the {} already held would pass {} ({})",
                                     units::format_bytes(bytes), units::format_bytes({held}),
                                     units::format_bytes({most}), whose));
    }
  } while (!bytes_.compare_exchange_weak(held, held + bytes.count));
  void* data =
      ::mmap(nullptr, bytes.count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (data == MAP_FAILED) {
    bytes_ -= bytes.count;
    return unavailable(
        fmt::format("cannot map {}: {}", units::format_bytes(bytes), std::strerror(errno)));
  }
  ::madvise(data, bytes.count, MADV_NOHUGEPAGE);  // or it would grow by 2 MiB at a time
  return Block{*this, data, bytes.count};
}

HeldMemory::Block::Block(Block&& other) noexcept
    : owner_{std::exchange(other.owner_, nullptr)}, data_{other.data_}, size_{other.size_} {}

HeldMemory::Block::~Block() {
  if (owner_ == nullptr) return;
  ::munmap(data_, size_);
  owner_->bytes_ -= size_;
}

void HeldMemory::Block::fill(const std::atomic<bool>& stop) {
  std::uint64_t state = 0x9e3779b97f4a7c15U ^ reinterpret_cast<std::uintptr_t>(data_);
  auto* bytes = static_cast<char*>(data_);
  for (std::uint64_t done = 0; done < size_ && !stop; done += kStep) {
    const auto end = std::min(size_, done + kStep);
    for (auto at = done; at + sizeof state <= end; at += sizeof state) {
      state ^= state << 13U;
      state ^= state >> 7U;
      state ^= state << 17U;
      std::memcpy(bytes + at, &state, sizeof state);
    }
    if (end - done < sizeof state) bytes[done] = 1;
  }
}

}  // namespace plimsoll::target::load

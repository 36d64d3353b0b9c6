// Memory that /memory takes inside this process: mapped apart from the heap, every page written
// with data that does not compress, unmapped when it is released. Thread-safety: HeldMemory is
// safe, a Block belongs to one owner. Errors: exit code 4 stands for 503 here, the message says
// why.
#pragma once
#include <atomic>
#include <cstdint>
#include <optional>

#include "core/result/result.hpp"
#include "core/units/units.hpp"

namespace plimsoll::target::load {

class HeldMemory {
 public:
  class Block {
   public:
    Block(HeldMemory& owner, void* data, std::uint64_t size) noexcept
        : owner_{&owner}, data_{data}, size_{size} {}
    ~Block();
    Block(Block&& other) noexcept;
    Block& operator=(Block&&) = delete;

    // Makes it resident. Ends early when stop becomes true.
    void fill(const std::atomic<bool>& stop);

   private:
    HeldMemory* owner_;
    void* data_;
    std::uint64_t size_;
  };

  // most: what may be held altogether; nullopt: no bound of ours.
  explicit HeldMemory(std::optional<units::Bytes> most) : most_{most} {}

  // Reserves; nothing is resident before fill(). Refused beyond `most`, and where there is no
  // memory limit to stop it, beyond 80 % of the machine's available memory.
  [[nodiscard]] Result<Block> take(units::Bytes bytes);

  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  const std::optional<units::Bytes> most_;
  std::atomic<std::uint64_t> bytes_{0};
};

}  // namespace plimsoll::target::load

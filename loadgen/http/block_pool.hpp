// Memory for nghttp2, which takes and frees about six blocks for each request, of which more are in
// use at a time than malloc keeps at hand: freed blocks are kept by size and given out again. They
// go back to the system with the pool. Thread-safety: none.
#pragma once
#include <array>
#include <cstddef>

namespace plimsoll::loadgen::http {

class BlockPool {
 public:
  BlockPool() = default;
  ~BlockPool();
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  // As malloc(3), free(3) and realloc(3); null when there is no memory.
  [[nodiscard]] void* take(std::size_t size) noexcept;
  void give_back(void* memory) noexcept;
  [[nodiscard]] void* resize(void* memory, std::size_t size) noexcept;

 private:
  // In front of each block.
  struct alignas(std::max_align_t) Header {
    std::size_t capacity;
    Header* next_free;
  };
  static constexpr std::size_t kStep = 32;       // sizes are rounded up to this
  static constexpr std::size_t kLargest = 1024;  // larger blocks are not kept

  std::array<Header*, kLargest / kStep + 1> free_{};
};

}  // namespace plimsoll::loadgen::http

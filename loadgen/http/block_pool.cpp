#include "loadgen/http/block_pool.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace plimsoll::loadgen::http {

BlockPool::~BlockPool() {
  for (auto* block : free_)
    while (block != nullptr) {
      auto* next = block->next_free;
      std::free(block);
      block = next;
    }
}

void* BlockPool::take(std::size_t size) noexcept {
  const std::size_t steps = (size + kStep - 1) / kStep;
  if (size <= kLargest && free_[steps] != nullptr) {
    auto* block = free_[steps];
    free_[steps] = block->next_free;
    return block + 1;
  }
  const std::size_t capacity = size <= kLargest ? steps * kStep : size;
  void* memory = std::malloc(sizeof(Header) + capacity);
  return memory == nullptr ? nullptr : new (memory) Header{capacity, nullptr} + 1;
}

void BlockPool::give_back(void* memory) noexcept {
  if (memory == nullptr) return;
  auto* block = static_cast<Header*>(memory) - 1;
  if (block->capacity > kLargest) return std::free(block);
  auto& first = free_[block->capacity / kStep];
  block->next_free = first;
  first = block;
}

void* BlockPool::resize(void* memory, std::size_t size) noexcept {
  if (memory == nullptr) return take(size);
  const std::size_t capacity = (static_cast<Header*>(memory) - 1)->capacity;
  if (size <= capacity) return memory;
  void* larger = take(size);
  if (larger == nullptr) return nullptr;
  std::memcpy(larger, memory, capacity);
  give_back(memory);
  return larger;
}

}  // namespace plimsoll::loadgen::http

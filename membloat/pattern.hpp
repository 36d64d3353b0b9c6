// Random pages; each gets a stamp of its own, so that no two are the same. Not thread-safe.
#pragma once
#include <array>
#include <cstdint>

namespace plimsoll::membloat {

class Pattern {
 public:
  static constexpr std::uint64_t kPageBytes = 4096;
  static constexpr std::uint64_t kBytes = 16 * kPageBytes;

  Pattern() {
    std::uint64_t state = 0x9e3779b97f4a7c15U;
    for (auto& word : words_) {
      state ^= state << 13;
      state ^= state >> 7;
      state ^= state << 17;
      word = state;
    }
  }

  // kBytes of data; good until the next call.
  const char* stamped() {
    for (std::size_t word = 0; word < words_.size(); word += kPageBytes / sizeof(std::uint64_t))
      words_[word] = ++stamp_ * 0x9e3779b97f4a7c15U;
    return reinterpret_cast<const char*>(words_.data());
  }

 private:
  std::array<std::uint64_t, kBytes / sizeof(std::uint64_t)> words_;
  std::uint64_t stamp_ = 0;
};

}  // namespace plimsoll::membloat

// Blocks come back, whatever their size, and keep what is in them when they grow.
#include "loadgen/http/block_pool.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace plimsoll::loadgen::http {
namespace {

TEST(BlockPoolTest, AFreedBlockIsGivenOutAgainForTheSameRoundedSize) {
  BlockPool pool;
  void* first = pool.take(100);
  void* second = pool.take(100);
  EXPECT_NE(first, second);
  pool.give_back(first);
  EXPECT_NE(pool.take(200), first);
  EXPECT_EQ(pool.take(128), first);
  pool.give_back(nullptr);
}

TEST(BlockPoolTest, EverySizeCanBeWrittenToItsEndAndGrows) {
  BlockPool pool;
  for (const std::size_t size : {0, 1, 31, 32, 33, 1023, 1024, 1025, 100'000}) {
    auto* block = static_cast<char*>(pool.take(size));
    ASSERT_NE(block, nullptr);
    std::memset(block, 'x', size);
    block = static_cast<char*>(pool.resize(block, 3 * size + 1));
    ASSERT_NE(block, nullptr);
    EXPECT_EQ(std::string(block, size), std::string(size, 'x'));
    std::memset(block, 'y', 3 * size + 1);
    pool.give_back(block);
  }
  auto* fresh = static_cast<char*>(pool.resize(nullptr, 10));
  ASSERT_NE(fresh, nullptr);
  pool.give_back(fresh);
}

}  // namespace
}  // namespace plimsoll::loadgen::http

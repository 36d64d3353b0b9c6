#include "target/load/held_memory.hpp"

#include <gtest/gtest.h>

namespace plimsoll::target::load {
namespace {

TEST(HeldMemoryTest, CountsWhatIsHeldAndGivesItBack) {
  HeldMemory memory{std::nullopt};
  const std::atomic<bool> stop{false};
  {
    auto block = memory.take({3U << 20U});
    ASSERT_TRUE(block);
    block->fill(stop);
    const auto moved = std::move(*block);
    EXPECT_EQ(memory.bytes(), 3U << 20U);
  }
  EXPECT_EQ(memory.bytes(), 0U);
}

TEST(HeldMemoryTest, IsRefusedBeyondItsBoundWithTheNumbers) {
  HeldMemory memory{units::Bytes{4U << 20U}};
  const auto first = memory.take({3U << 20U});
  ASSERT_TRUE(first);
  const auto second = memory.take({2U << 20U});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message,
            "2Mi more than the 3Mi already held would pass 4Mi (MAX_MEMORY)");
  EXPECT_EQ(memory.bytes(), 3U << 20U);
  EXPECT_TRUE(memory.take({1U << 20U}));
}

TEST(HeldMemoryTest, IsRefusedWhenNoAddressSpaceCouldHoldIt) {
  HeldMemory memory{std::nullopt};
  EXPECT_FALSE(memory.take({std::uint64_t{1} << 62U}));
  EXPECT_EQ(memory.bytes(), 0U);
}

}  // namespace
}  // namespace plimsoll::target::load

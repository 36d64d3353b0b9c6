#include "membloat/memory.hpp"

#include <gtest/gtest.h>

#include "core/cgroup/fake_machine.hpp"

namespace plimsoll::membloat {
namespace {

constexpr std::uint64_t kMi = 1024 * 1024;

TEST(MemoryTest, PrivateMemoryGrowsShrinksAndGrowsAgain) {
  const auto memory = private_memory({4 * kMi, 0, false});
  ASSERT_TRUE(memory);
  EXPECT_TRUE((*memory)->grow(3 * kMi));
  EXPECT_EQ((*memory)->size(), 3 * kMi);
  (*memory)->shrink(2 * kMi);
  EXPECT_EQ((*memory)->size(), kMi);
  EXPECT_TRUE((*memory)->grow(kMi));
  EXPECT_EQ((*memory)->size(), 2 * kMi);
  (*memory)->shrink(100 * kMi);
  EXPECT_EQ((*memory)->size(), 0U);
}

TEST(MemoryTest, PrivateMemoryNeverGrowsBeyondItsMost) {
  const auto memory = private_memory({kMi, 0, false});
  ASSERT_TRUE(memory);
  EXPECT_TRUE((*memory)->grow(8 * kMi));
  EXPECT_EQ((*memory)->size(), kMi);
}

TEST(MemoryTest, AMemfdGrowsAndShrinks) {
  const auto memory = unowned_memory();
  ASSERT_TRUE(memory);
  EXPECT_TRUE((*memory)->grow(kMi));
  (*memory)->shrink(kMi / 2);
  EXPECT_EQ((*memory)->size(), kMi / 2);
}

TEST(MemoryTest, AFileThatWouldGrowWithoutEndIsStopped) {
  const cgroup::FakeMachine folder;
  const auto memory = page_cache(folder.root(), kMi);
  if (!memory && memory.error().message.find("tmpfs") != std::string::npos)
    GTEST_SKIP() << memory.error().message;
  ASSERT_TRUE(memory) << memory.error().message;
  EXPECT_TRUE((*memory)->grow(kMi));
  const auto more = (*memory)->grow(4096);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().category, ErrorCategory::kInconclusive);
}

TEST(MemoryTest, ADiskThatIsTooSmallIsRefusedWithTheNumbers) {
  const cgroup::FakeMachine folder;
  const auto memory = page_cache(folder.root(), std::uint64_t{1} << 60);
  ASSERT_FALSE(memory);
  EXPECT_EQ(memory.error().category, ErrorCategory::kUnavailable);
}

TEST(MemoryTest, HugePagesAreCountedByTheKernel) {
  const cgroup::FakeMachine machine;
  EXPECT_EQ(huge_pages_in_use(machine.root()), std::nullopt);
  machine.write("/proc/self/smaps_rollup",
                "Rss:                 884 kB\nAnonHugePages:      2048 kB\n");
  EXPECT_EQ(huge_pages_in_use(machine.root()), 2 * kMi);
}

}  // namespace
}  // namespace plimsoll::membloat

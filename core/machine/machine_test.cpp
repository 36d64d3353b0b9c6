#include "core/machine/machine.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>

namespace plimsoll::machine {
namespace {

TEST(RaiseOpenFilesTest, TakesAllThatTheHardLimitAllows) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit low{16, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  EXPECT_EQ(raise_open_files(), before.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &before);
}

TEST(CpuClockTest, AThreadsIsPartOfTheProcesss) {
  const auto begin = thread_cpu();
  const auto process_begin = process_cpu();
  while (thread_cpu() - begin < std::chrono::milliseconds{2}) {
  }
  EXPECT_GE(process_cpu() - process_begin, std::chrono::milliseconds{1});
}

TEST(MeminfoTest, NamesTheFileWhereTheLineIsMissing) {
  const auto root = std::filesystem::path{testing::TempDir()} / "plimsoll-meminfo";
  std::filesystem::create_directories(root / "proc");
  std::ofstream{root / "proc" / "meminfo"} << "MemTotal:  3 kB\nMemAvailable:  2 kB\n";
  EXPECT_EQ(meminfo("MemAvailable", root.string())->count, 2048U);
  const auto missing = meminfo("SwapTotal", root.string());
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("/proc/meminfo"), std::string::npos);
  std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace plimsoll::machine

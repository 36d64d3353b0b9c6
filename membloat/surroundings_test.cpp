#include "membloat/surroundings.hpp"

#include <gtest/gtest.h>

#include "core/cgroup/fake_machine.hpp"

namespace plimsoll::membloat {
namespace {

const std::string kV2 = "/sys/fs/cgroup";

class SurroundingsTest : public testing::Test {
 protected:
  void SetUp() override {
    machine_.write("/proc/meminfo",
                   "MemTotal:       24684084 kB\nMemAvailable:    1000000 kB\n"
                   "SwapTotal:          2048 kB\nHugePages_Total:       0\n");
  }
  // A container as Kubernetes sets it up on version 2, with a limit of 64Mi.
  void container_v2() const {
    machine_.mount_v2();
    machine_.write(kV2 + "/memory.max", "67108864\n");
    machine_.write(kV2 + "/memory.high", "max\n");
    machine_.write(kV2 + "/memory.swap.max", "0\n");
    machine_.write(kV2 + "/memory.oom.group", "1\n");
    machine_.write(kV2 + "/memory.current", "10485760\n");
    machine_.write(kV2 + "/memory.events", "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n");
    machine_.write(kV2 + "/memory.stat", "anon 4096\ninactive_file 1048576\nactive_file 0\n");
  }
  Result<Surroundings> look() const {
    return look_around(cgroup::Cgroup::of_this_process(machine_.root()), machine_.root());
  }
  cgroup::FakeMachine machine_;
};

TEST_F(SurroundingsTest, AVersionTwoContainerIsReadWhole) {
  container_v2();
  const auto here = look();
  ASSERT_TRUE(here) << here.error().message;
  EXPECT_EQ(here->version, 2);
  EXPECT_EQ(here->limit_bytes(), 67108864U);
  EXPECT_EQ(here->unreclaimable(), 9437184U);
  EXPECT_EQ(here->swap.count, 0U);
  EXPECT_FALSE(here->high);
  EXPECT_TRUE(here->oom_group);
  EXPECT_FALSE(here->oom_killer_disabled);
  EXPECT_EQ(here->available.count, 1000000U * 1024);
}

TEST_F(SurroundingsTest, SwapIsNeverMoreThanTheMachineHas) {
  container_v2();
  machine_.write(kV2 + "/memory.swap.max", "max\n");
  EXPECT_EQ(look()->swap.count, 2048U * 1024);
}

TEST_F(SurroundingsTest, AnUnreadableLimitIsKeptForThoseWhoNeedIt) {
  container_v2();
  machine_.write(kV2 + "/memory.max", "lots\n");
  const auto here = look();
  ASSERT_TRUE(here);
  ASSERT_FALSE(here->limit);
  EXPECT_NE(here->limit.error().message.find("memory.max"), std::string::npos);
}

// With a limit and no figures nothing could be said before the limit is exceeded.
TEST_F(SurroundingsTest, ALimitWithUnreadableUseIsAnError) {
  container_v2();
  machine_.write(kV2 + "/memory.current", "none\n");
  const auto here = look();
  ASSERT_FALSE(here);
  EXPECT_EQ(here.error().category, ErrorCategory::kUnavailable);
}

TEST_F(SurroundingsTest, AMeminfoWithoutAvailableMemoryIsMalformed) {
  container_v2();
  machine_.write("/proc/meminfo", "MemTotal: 1 kB\n");
  const auto here = look();
  ASSERT_FALSE(here);
  EXPECT_NE(here.error().message.find("MemAvailable"), std::string::npos);
}

TEST_F(SurroundingsTest, WhatMayBeLockedIsTheResourceLimitUnlessACapabilityLiftsIt) {
  const auto limits = [&](const std::string& soft) {
    machine_.write(
        "/proc/self/limits",
        "Limit                     Soft Limit           Hard Limit           Units     \n"
        "Max locked memory         " +
            soft + "                65536                bytes     \n");
  };
  machine_.write("/proc/self/status", "Name:\tmembloat\nCapEff:\t0000000000000000\n");
  limits("65536");
  EXPECT_EQ((*lockable(machine_.root()))->count, 65536U);
  limits("unlimited");
  EXPECT_FALSE(*lockable(machine_.root()));
  limits("some");
  EXPECT_EQ(lockable(machine_.root()).error().category, ErrorCategory::kUnavailable);
  machine_.write("/proc/self/status", "CapEff:\t0000000000004000\n");
  EXPECT_FALSE(*lockable(machine_.root()));
  machine_.write("/proc/self/status", "CapEff:\tmany\n");
  EXPECT_EQ(lockable(machine_.root()).error().category, ErrorCategory::kUnavailable);
}

TEST_F(SurroundingsTest, TheHugePageModeIsTheOneInBrackets) {
  container_v2();
  EXPECT_EQ(look()->huge_page_mode, "");
  machine_.write("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
  EXPECT_EQ(look()->huge_page_mode, "madvise");
}

}  // namespace
}  // namespace plimsoll::membloat

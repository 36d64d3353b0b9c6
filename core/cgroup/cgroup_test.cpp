#include "core/cgroup/cgroup.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "core/cgroup/fake_machine.hpp"

// Contents are those of the kernel's documentation (see cgroup.hpp) and, for version 1, of a live
// machine.
namespace plimsoll::cgroup {
namespace {

const std::string kV1Cpu = "/sys/fs/cgroup/cpu,cpuacct";
const std::string kV1Memory = "/sys/fs/cgroup/memory";
const std::string kV2 = "/sys/fs/cgroup";

class CgroupTest : public testing::Test {
 protected:
  Cgroup open() const {
    auto found = Cgroup::of_this_process(machine_.root());
    EXPECT_TRUE(found);
    return *found;
  }
  void cpu_v1(const std::string& quota, const std::string& folder = kV1Cpu) const {
    machine_.write(folder + "/cpu.cfs_quota_us", quota);
    machine_.write(folder + "/cpu.cfs_period_us", "100000\n");
  }
  FakeMachine machine_;
};

TEST_F(CgroupTest, VersionOneQuotaBecomesCores) {
  machine_.mount_v1("/c1", "/c1");
  cpu_v1("50000\n");
  const auto limit = open().cpu_limit();
  ASSERT_TRUE(limit && *limit);
  EXPECT_DOUBLE_EQ((*limit)->cores.count, 0.5);
  EXPECT_EQ((*limit)->period, std::chrono::milliseconds{100});
}

TEST_F(CgroupTest, VersionOneMinusOneIsNoLimit) {
  machine_.mount_v1("/c1", "/c1");
  cpu_v1("-1\n");
  const auto limit = open().cpu_limit();
  ASSERT_TRUE(limit);
  EXPECT_FALSE(*limit);
}

TEST_F(CgroupTest, VersionTwoQuotaBecomesCores) {
  machine_.mount_v2();
  machine_.write(kV2 + "/cpu.max", "150000 100000\n");
  const auto limit = open().cpu_limit();
  ASSERT_TRUE(limit && *limit);
  EXPECT_DOUBLE_EQ((*limit)->cores.count, 1.5);
}

TEST_F(CgroupTest, VersionTwoMaxAndAMissingControllerAreNoLimit) {
  machine_.mount_v2();
  EXPECT_FALSE(*open().cpu_limit());
  EXPECT_FALSE(*open().memory_limit());
  machine_.write(kV2 + "/cpu.max", "max 100000\n");
  machine_.write(kV2 + "/memory.max", "max\n");
  EXPECT_FALSE(*open().cpu_limit());
  EXPECT_FALSE(*open().memory_limit());
}

TEST_F(CgroupTest, TheSmallestLimitOfAllAncestorsCounts) {
  machine_.mount_v2("/pod/c1");
  machine_.write(kV2 + "/pod/c1/cpu.max", "200000 100000\n");
  machine_.write(kV2 + "/pod/cpu.max", "50000 100000\n");
  machine_.write(kV2 + "/pod/c1/memory.max", "max\n");
  machine_.write(kV2 + "/pod/memory.max", "67108864\n");
  const auto cpu = open().cpu_limit();
  ASSERT_TRUE(cpu && *cpu);
  EXPECT_DOUBLE_EQ((*cpu)->cores.count, 0.5);
  EXPECT_EQ((*cpu)->level, 1U);
  const auto memory = open().memory_limit();
  ASSERT_TRUE(memory && *memory);
  EXPECT_EQ((*memory)->bytes.count, 67108864U);
  EXPECT_EQ((*memory)->file, machine_.root() + "/sys/fs/cgroup/pod/memory.max");
}

TEST_F(CgroupTest, UnlimitedVersionOneMemoryIsNoLimit) {
  machine_.mount_v1("/c1", "/c1");
  machine_.write(kV1Memory + "/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_FALSE(*open().memory_limit());
  machine_.write(kV1Memory + "/memory.limit_in_bytes", "67108864\n");
  EXPECT_EQ((*open().memory_limit())->bytes.count, 67108864U);
}

TEST_F(CgroupTest, MalformedLimitsAreErrorsThatQuoteTheFile) {
  machine_.mount_v2();
  for (const auto* text : {"", "abc\n", "50000\n", "50000 0\n", "-1 100000\n", "0 100000\n"}) {
    machine_.write(kV2 + "/cpu.max", text);
    const auto limit = open().cpu_limit();
    ASSERT_FALSE(limit) << text;
    EXPECT_EQ(limit.error().category, ErrorCategory::kUnavailable);
    EXPECT_NE(limit.error().message.find("/sys/fs/cgroup/cpu.max"), std::string::npos);
  }
  machine_.write(kV2 + "/memory.max", "12 apples\n");
  EXPECT_EQ(
      open().memory_limit().error().message,
      machine_.root() + "/sys/fs/cgroup/memory.max: expected bytes or 'max', found '12 apples'");
}

TEST_F(CgroupTest, AnUnreadableFileIsNotTheSameAsNoLimit) {
  machine_.mount_v2();
  std::filesystem::create_directory(machine_.root() + kV2 + "/memory.max");  // read gives EISDIR
  const auto limit = open().memory_limit();
  ASSERT_FALSE(limit);
  EXPECT_EQ(limit.error().message,
            "cannot read " + machine_.root() + "/sys/fs/cgroup/memory.max: Is a directory");
}

TEST_F(CgroupTest, AMissingVersionOneQuotaFileIsAnError) {
  machine_.mount_v1("/c1", "/c1");
  machine_.write(kV1Cpu + "/tasks", "");
  EXPECT_FALSE(open().cpu_limit());
}

TEST_F(CgroupTest, VersionOneThrottlingIsReadInNanoseconds) {
  machine_.mount_v1("/c1", "/c1");
  cpu_v1("50000\n");
  machine_.write(kV1Cpu + "/cpu.stat",
                 "nr_periods 120\nnr_throttled 30\nthrottled_time 1500000000\nnr_bursts 0\n");
  machine_.write(kV1Cpu + "/cpuacct.usage", "123456789\n");
  const auto stat = open().cpu_stat();
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->periods, 120U);
  EXPECT_EQ(stat->throttled_periods, 30U);
  EXPECT_DOUBLE_EQ(stat->throttled_seconds, 1.5);
  EXPECT_EQ(*open().cpu_usage(), units::Duration{123456789});
}

TEST_F(CgroupTest, VersionTwoThrottlingIsReadInMicrosecondsWhereTheLimitIs) {
  machine_.mount_v2("/pod/c1");
  machine_.write(kV2 + "/pod/c1/cpu.max", "max 100000\n");
  machine_.write(kV2 + "/pod/c1/cpu.stat",
                 "usage_usec 5000\nuser_usec 4000\nsystem_usec 1000\nnr_periods 0\n"
                 "nr_throttled 0\nthrottled_usec 0\n");
  machine_.write(kV2 + "/pod/cpu.max", "50000 100000\n");
  machine_.write(kV2 + "/pod/cpu.stat",
                 "usage_usec 9000\nuser_usec 4000\nsystem_usec 1000\nnr_periods 10\n"
                 "nr_throttled 4\nthrottled_usec 250000\n");
  const auto stat = open().cpu_stat();
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->throttled_periods, 4U);
  EXPECT_DOUBLE_EQ(stat->throttled_seconds, 0.25);
  EXPECT_EQ(*open().cpu_usage(), std::chrono::microseconds{5000});
}

TEST_F(CgroupTest, VersionTwoWithoutQuotaHasNoPeriods) {
  machine_.mount_v2();
  machine_.write(kV2 + "/cpu.stat", "usage_usec 5000\nuser_usec 4000\nsystem_usec 1000\n");
  const auto stat = open().cpu_stat();
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->periods, 0U);
}

TEST_F(CgroupTest, VersionOneMemoryFiguresAreRead) {
  machine_.mount_v1("/c1", "/c1");
  machine_.write(kV1Memory + "/memory.limit_in_bytes", "67108864\n");
  machine_.write(kV1Memory + "/memory.usage_in_bytes", "1048576\n");
  machine_.write(kV1Memory + "/memory.max_usage_in_bytes", "2097152\n");
  machine_.write(kV1Memory + "/memory.failcnt", "191\n");
  machine_.write(kV1Memory + "/memory.oom_control",
                 "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
  machine_.write(kV1Memory + "/memory.stat",
                 "cache 700\ninactive_file 1\ntotal_inactive_file 300\ntotal_active_file 400\n");
  machine_.write(kV1Memory + "/memory.memsw.limit_in_bytes", "100663296\n");
  const auto stat = open().memory_stat();
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->usage.count, 1048576U);
  EXPECT_EQ(stat->peak->count, 2097152U);
  EXPECT_EQ(stat->limit_hits, 191U);
  EXPECT_EQ(stat->page_cache.count, 700U);
  EXPECT_EQ(stat->oom_kills, 1U);
  EXPECT_EQ((*open().swap_limit())->count, 33554432U);
  EXPECT_FALSE(*open().memory_high());
  EXPECT_FALSE(*open().oom_kills_group());
  EXPECT_FALSE(*open().memory_pressure());
  EXPECT_FALSE(*open().oom_killer_disabled());
}

TEST_F(CgroupTest, VersionTwoMemoryFiguresAreRead) {
  machine_.mount_v2();
  machine_.write(kV2 + "/memory.max", "67108864\n");
  machine_.write(kV2 + "/memory.current", "1048576\n");
  machine_.write(kV2 + "/memory.events",
                 "low 0\nhigh 0\nmax 17\noom 2\noom_kill 1\noom_group_kill 1\n");
  machine_.write(kV2 + "/memory.stat", "anon 4096\ninactive_file 30\nactive_file 12\n");
  machine_.write(kV2 + "/memory.high", "60000000\n");
  machine_.write(kV2 + "/memory.swap.max", "0\n");
  machine_.write(kV2 + "/memory.oom.group", "1\n");
  const auto stat = open().memory_stat();
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->usage.count, 1048576U);
  EXPECT_FALSE(stat->peak);  // before Linux 5.19
  EXPECT_EQ(stat->limit_hits, 17U);
  EXPECT_EQ(stat->page_cache.count, 42U);
  EXPECT_EQ(stat->oom_kills, 1U);
  EXPECT_EQ((*open().memory_high())->count, 60000000U);
  EXPECT_EQ((*open().swap_limit())->count, 0U);
  EXPECT_TRUE(*open().oom_kills_group());
  machine_.write(kV2 + "/memory.peak", "2097152\n");
  EXPECT_EQ(open().memory_stat()->peak->count, 2097152U);
}

TEST_F(CgroupTest, EventsWithoutOomKillLineAreMalformed) {
  machine_.mount_v2();
  machine_.write(kV2 + "/memory.current", "1\n");
  machine_.write(kV2 + "/memory.events", "low 0\nmax 0\n");
  const auto stat = open().memory_stat();
  ASSERT_FALSE(stat);
  EXPECT_NE(stat.error().message.find("'oom_kill NUMBER'"), std::string::npos);
}

TEST_F(CgroupTest, PressureIsReadWhereTheKernelKeepsIt) {
  machine_.mount_v2();
  EXPECT_FALSE(*open().cpu_pressure());
  machine_.write(kV2 + "/cpu.pressure",
                 "some avg10=50.25 avg60=2.00 avg300=1.00 total=12345\n"
                 "full avg10=25.50 avg60=0.00 avg300=0.00 total=0\n");
  const auto pressure = open().cpu_pressure();
  ASSERT_TRUE(pressure && *pressure);
  EXPECT_DOUBLE_EQ((*pressure)->some_avg10, 50.25);
  EXPECT_DOUBLE_EQ((*pressure)->full_avg10, 25.5);
  machine_.write(kV2 + "/cpu.pressure", "some nothing\n");
  EXPECT_FALSE(open().cpu_pressure());
}

}  // namespace
}  // namespace plimsoll::cgroup

#include "core/cgroup/locate.hpp"

#include <gtest/gtest.h>

#include "core/cgroup/fake_machine.hpp"

namespace plimsoll::cgroup {
namespace {

std::vector<std::string> levels_of(const FakeMachine& machine, const Result<Hierarchy>& found) {
  std::vector<std::string> levels;
  if (!found) return {found.error().message};
  for (const auto& level : found->levels) levels.push_back(level.substr(machine.root().size()));
  return levels;
}

using Levels = std::vector<std::string>;

TEST(LocateTest, ANamespacedContainerSeesItsOwnCgroupAtTheMountOnVersionTwo) {
  const FakeMachine machine;
  machine.mount_v2();
  const auto found = Cgroup::of_this_process(machine.root());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->cpu_version(), 2);
  EXPECT_EQ(levels_of(machine, found->memory()), (Levels{"/sys/fs/cgroup"}));
}

TEST(LocateTest, AnUnnamespacedContainerHasItsHostPathMountedOnVersionOne) {
  const FakeMachine machine;
  machine.mount_v1("/kubepods/burstable/pod1/c1", "/kubepods/burstable/pod1/c1");
  machine.write("/sys/fs/cgroup/memory/tasks", "");
  machine.write("/sys/fs/cgroup/cpu,cpuacct/tasks", "");
  const auto found = Cgroup::of_this_process(machine.root());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->cpu_version(), 1);
  EXPECT_EQ(levels_of(machine, found->memory()), (Levels{"/sys/fs/cgroup/memory"}));
  EXPECT_EQ(levels_of(machine, found->cpu()), (Levels{"/sys/fs/cgroup/cpu,cpuacct"}));
}

TEST(LocateTest, OnTheHostEveryAncestorIsALevel) {
  const FakeMachine machine;
  machine.mount_v2("/system.slice/a.service");
  machine.write("/sys/fs/cgroup/system.slice/a.service/cpu.max", "max 100000\n");
  EXPECT_EQ(levels_of(machine, Cgroup::of_this_process(machine.root())->cpu()),
            (Levels{"/sys/fs/cgroup/system.slice/a.service", "/sys/fs/cgroup/system.slice",
                    "/sys/fs/cgroup"}));
}

TEST(LocateTest, AHostPathThatTheMountDoesNotHoldIsTheMountItself) {
  const FakeMachine machine;
  machine.mount_v1("/kubepods/pod1/c1", "/docker/abc");
  machine.write("/sys/fs/cgroup/memory/tasks", "");
  EXPECT_EQ(levels_of(machine, Cgroup::of_this_process(machine.root())->memory()),
            (Levels{"/sys/fs/cgroup/memory"}));
}

TEST(LocateTest, AFolderThatIsNotVisibleIsItsNearestVisibleAncestor) {
  const FakeMachine machine;
  machine.mount_v2("/kubepods/pod1/c1");
  machine.write("/sys/fs/cgroup/kubepods/cpu.max", "max 100000\n");
  EXPECT_EQ(levels_of(machine, Cgroup::of_this_process(machine.root())->cpu()),
            (Levels{"/sys/fs/cgroup/kubepods", "/sys/fs/cgroup"}));
}

TEST(LocateTest, AFolderWithASimilarNameIsNotAnAncestor) {
  const FakeMachine machine;
  machine.mount_v2("/kubepods-two/c1", "/kubepods");
  EXPECT_EQ(levels_of(machine, Cgroup::of_this_process(machine.root())->cpu()),
            (Levels{"/sys/fs/cgroup"}));
}

TEST(LocateTest, HybridMachinesKeepLimitsOnVersionOne) {
  const FakeMachine machine;
  machine.write("/proc/self/cgroup", "4:memory:/a\n1:cpu:/\n2:cpuacct:/\n0::/a\n");
  machine.write("/proc/self/mountinfo",
                "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
                "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
  machine.write("/sys/fs/cgroup/memory/a/tasks", "");
  const auto found = Cgroup::of_this_process(machine.root());
  ASSERT_TRUE(found);
  EXPECT_EQ(levels_of(machine, found->memory()),
            (Levels{"/sys/fs/cgroup/memory/a", "/sys/fs/cgroup/memory"}));
  // The cpu controller is on version 1 and not mounted: version 2 knows nothing of it.
  ASSERT_FALSE(found->cpu());
  EXPECT_EQ(found->cpu().error().category, ErrorCategory::kUnavailable);
}

TEST(LocateTest, AProcessOutsideItsNamespaceIsAnErrorAndNoGuess) {
  const FakeMachine machine;
  machine.mount_v2("/../other");
  const auto found = Cgroup::of_this_process(machine.root());
  ASSERT_TRUE(found);
  ASSERT_FALSE(found->cpu_limit());
  EXPECT_NE(found->cpu_limit().error().message.find("/../other"), std::string::npos);
}

TEST(LocateTest, NoCgroupFilesystemIsAnErrorThatSaysWhatToDo) {
  const FakeMachine machine;
  machine.write("/proc/self/cgroup", "0::/\n");
  machine.write("/proc/self/mountinfo", "22 27 0:21 / /proc rw - proc proc rw\n");
  const auto found = Cgroup::of_this_process(machine.root());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->memory_version(), std::nullopt);
  const auto limit = found->memory_limit();
  ASSERT_FALSE(limit);
  EXPECT_EQ(limit.error().category, ErrorCategory::kUnavailable);
  EXPECT_NE(limit.error().message.find("mount /sys/fs/cgroup"), std::string::npos);
}

TEST(LocateTest, AMissingProcFileIsNamed) {
  const FakeMachine machine;
  const auto found = Cgroup::of_this_process(machine.root());
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().message,
            "cannot read " + machine.root() + "/proc/self/cgroup: No such file or directory");
}

TEST(LocateTest, MalformedLinesAreQuoted) {
  EXPECT_EQ(parse_memberships("/proc/self/cgroup", "nonsense\n").error().message,
            "/proc/self/cgroup: expected ID:CONTROLLERS:/PATH, found 'nonsense'");
  EXPECT_FALSE(parse_mounts("/proc/self/mountinfo", "1 2 3\n"));
}

TEST(LocateTest, EscapedMountPointsAreDecoded) {
  const auto mounts =
      parse_mounts("mountinfo", "35 31 0:32 / /mnt/my\\040groups rw - cgroup2 none rw\n");
  ASSERT_TRUE(mounts);
  EXPECT_EQ(mounts->at(0).point, "/mnt/my groups");
}

}  // namespace
}  // namespace plimsoll::cgroup

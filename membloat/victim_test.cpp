#include "membloat/victim.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "core/cgroup/fake_machine.hpp"
#include "core/cgroup/files.hpp"

namespace plimsoll::membloat {
namespace {

constexpr std::uint64_t kMi = 1024 * 1024;

TEST(VictimTest, TheLargestProcessIsKilled) {
  const std::vector<Process> processes{{1, "app", 40 * kMi, 0}, {9, "membloat", 30 * kMi, 0}};
  EXPECT_EQ(expected_victim(processes, 64 * kMi)->pid, 1);
}

TEST(VictimTest, AScoreOfAThousandIsWorthAWholeLimit) {
  const std::vector<Process> processes{{1, "app", 40 * kMi, 0}, {9, "membloat", kMi, 1000}};
  EXPECT_EQ(expected_victim(processes, 64 * kMi)->pid, 9);
}

TEST(VictimTest, WithEqualScoresSizeDecides) {
  const std::vector<Process> processes{{1, "app", 7 * kMi, 999}, {9, "membloat", kMi, 999}};
  EXPECT_EQ(expected_victim(processes, 64 * kMi)->pid, 1);
}

TEST(VictimTest, ExemptProcessesAreNeverKilled) {
  EXPECT_EQ(expected_victim({{1, "app", 40 * kMi, -1000}}, 64 * kMi), nullptr);
}

class ProcessesTest : public testing::Test {
 protected:
  void process(const std::string& pid, const std::string& group, const std::string& name,
               int rss_kib, const std::string& adj = "0\n") const {
    machine_.write("/proc/" + pid + "/cgroup", "4:memory:" + group + "\n1:cpu:/elsewhere\n");
    machine_.write("/proc/" + pid + "/status",
                   "Name:\t" + name + "\nVmPTE:\t      40 kB\nVmRSS:\t    " +
                       std::to_string(rss_kib) + " kB\nVmSwap:\t       0 kB\n");
    machine_.write("/proc/" + pid + "/oom_score_adj", adj);
  }
  // This process by its real number, in a container with a limit of 64 MiB.
  Surroundings in_container() const {
    process("self", "/pod/c1", "membloat", 900);
    process(std::to_string(::getpid()), "/pod/c1", "membloat", 900);
    Surroundings here;
    here.version = 1;
    here.limit = std::optional{cgroup::MemoryLimit{{64 * kMi}, 0, "memory.limit_in_bytes"}};
    here.stat = cgroup::MemoryStat{{10 * kMi}, {}, 0, 0, {0}};
    return here;
  }
  static Options victim(Victim who) {
    Options options;
    options.victim = who;
    return options;
  }
  static Plan past_the_limit() {
    Plan plan;
    plan.past_limit = true;
    plan.limit = 64 * kMi;
    plan.own_goal = 70 * kMi;
    return plan;
  }
  cgroup::FakeMachine machine_;
};

TEST_F(ProcessesTest, OnlyThoseUnderTheSameLimitCount) {
  process("self", "/pod/c1", "membloat", 900);
  process("1", "/pod/c1", "app", 7000);
  process("5", "/pod/c1/worker", "worker", 100);
  process("6", "/pod/c2", "sidecar", 9000);
  process("7", "/pod/c10", "other", 9000);
  const auto own = processes_under_limit(0, machine_.root());
  ASSERT_TRUE(own);
  EXPECT_EQ(own->size(), 2U);
  const auto pod = processes_under_limit(1, machine_.root());
  ASSERT_TRUE(pod);
  EXPECT_EQ(pod->size(), 4U);
}

TEST_F(ProcessesTest, SizeIsResidentSetAndPageTables) {
  process("self", "/c1", "membloat", 900);
  process("1", "/c1", "app", 7000, "999\n");
  const auto processes = processes_under_limit(0, machine_.root());
  ASSERT_TRUE(processes);
  ASSERT_EQ(processes->size(), 1U);
  EXPECT_EQ(processes->at(0).bytes, 7040U * 1024);
  EXPECT_EQ(processes->at(0).oom_score_adj, 999);
  EXPECT_EQ(processes->at(0).name, "app");
}

TEST_F(ProcessesTest, VictimContainerFillsUnownedMemoryWherePidOneIsLarger) {
  const auto here = in_container();
  process("1", "/pod/c1", "app", 700000, "999\n");
  const auto arrangement =
      arrange(victim(Victim::kContainer), past_the_limit(), here, machine_.root());
  ASSERT_TRUE(arrangement) << arrangement.error().message;
  EXPECT_TRUE(arrangement->unowned);
  EXPECT_NE(arrangement->dies.find("PID 1 (app"), std::string::npos);
  EXPECT_EQ(cgroup::read_file(machine_.root() + "/proc/1/oom_score_adj").value(), "1000");
}

TEST_F(ProcessesTest, APutUpScoreIsPutBack) {
  process("1", "/c1", "app", 7000, "999\n");
  {
    const RaisedOomScore raised{1, machine_.root()};
    EXPECT_TRUE(raised.raised());
  }
  EXPECT_EQ(cgroup::read_file(machine_.root() + "/proc/1/oom_score_adj").value(), "999\n");
}

TEST_F(ProcessesTest, VictimContainerIsRefusedWithTheNumbersWhereAnotherProcessIsLarger) {
  const auto here = in_container();
  process("1", "/pod/c1", "sh", 100, "999\n");
  process("8", "/pod/c1", "java", 500000, "1000\n");
  const auto arrangement =
      arrange(victim(Victim::kContainer), past_the_limit(), here, machine_.root());
  ASSERT_FALSE(arrangement);
  EXPECT_EQ(arrangement.error().category, ErrorCategory::kUnavailable);
  EXPECT_NE(arrangement.error().message.find("PID 8 (java, 488.3Mi, oom_score_adj 1000)"),
            std::string::npos)
      << arrangement.error().message;
}

TEST_F(ProcessesTest, VictimContainerIsRefusedWherePidOneIsThePauseContainer) {
  const auto here = in_container();
  process("1", "/pod/pause", "pause", 700);
  const auto arrangement =
      arrange(victim(Victim::kContainer), past_the_limit(), here, machine_.root());
  ASSERT_FALSE(arrangement);
  EXPECT_NE(arrangement.error().message.find("shareProcessNamespace"), std::string::npos);
}

TEST_F(ProcessesTest, WithOomGroupTheContainerDiesByItselfAndSelfIsRefused) {
  auto here = in_container();
  here.oom_group = true;
  const auto container =
      arrange(victim(Victim::kContainer), past_the_limit(), here, machine_.root());
  ASSERT_TRUE(container);
  EXPECT_FALSE(container->unowned);
  const auto self = arrange(victim(Victim::kSelf), past_the_limit(), here, machine_.root());
  ASSERT_FALSE(self);
  EXPECT_EQ(self.error().category, ErrorCategory::kRefused);
  EXPECT_NE(self.error().message.find("memory.oom.group"), std::string::npos);
}

TEST_F(ProcessesTest, VictimSelfIsRefusedWhereABestEffortNeighbourIsLarger) {
  const auto here = in_container();
  process("1", "/pod/c1", "app", 60 * 1024, "1000\n");
  process(std::to_string(::getpid()), "/pod/c1", "membloat", 900, "1000\n");
  const auto arrangement = arrange(victim(Victim::kSelf), past_the_limit(), here, machine_.root());
  ASSERT_FALSE(arrangement);
  EXPECT_NE(arrangement.error().message.find("would kill PID 1 (app"), std::string::npos);
}

TEST_F(ProcessesTest, ADryRunComesToTheSameAndChangesNothing) {
  const auto here = in_container();
  process("1", "/pod/c1", "app", 7000, "900\n");
  process("8", "/pod/c1", "worker", 9000, "900\n");
  auto options = victim(Victim::kContainer);
  options.dry_run = true;
  const auto arrangement = arrange(options, past_the_limit(), here, machine_.root());
  ASSERT_TRUE(arrangement) << arrangement.error().message;
  EXPECT_NE(arrangement->dies.find("PID 1 (app"), std::string::npos) << arrangement->dies;
  EXPECT_EQ(cgroup::read_file(machine_.root() + "/proc/1/oom_score_adj").value(), "900\n");
}

TEST_F(ProcessesTest, VictimContainerNeedsMemoryThatMembloatDoesNotOwn) {
  const auto here = in_container();
  process("1", "/pod/c1", "app", 700000, "999\n");
  auto options = victim(Victim::kContainer);
  options.kind = Kind::kMlock;
  const auto refused = arrange(options, past_the_limit(), here, machine_.root());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().category, ErrorCategory::kInvalidInput);
  options.kind = Kind::kMemfd;
  EXPECT_TRUE(arrange(options, past_the_limit(), here, machine_.root()));
}

TEST_F(ProcessesTest, BelowTheLimitMembloatVolunteers) {
  const auto here = in_container();
  auto plan = past_the_limit();
  plan.past_limit = false;
  const auto arrangement = arrange(victim(Victim::kContainer), plan, here, machine_.root());
  ASSERT_TRUE(arrangement);
  const auto own = machine_.root() + "/proc/" + std::to_string(::getpid()) + "/oom_score_adj";
  EXPECT_EQ(cgroup::read_file(own).value(), "1000");
}

}  // namespace
}  // namespace plimsoll::membloat

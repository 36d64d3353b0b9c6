#include "core/burn/burner.hpp"

#include <gtest/gtest.h>

#include "core/machine/machine.hpp"

namespace plimsoll::burn {
namespace {

using namespace std::chrono_literals;

TEST(SpendTest, UsesAtLeastTheAskedCpuTimeOfItsThread) {
  const std::atomic<bool> stop{false};
  const auto before = machine::process_cpu();
  const auto used = spend(3ms, stop);
  EXPECT_GE(used, 3ms);
  EXPECT_GE(machine::process_cpu() - before, 3ms);
}

TEST(SpendTest, EndsAtOnceWhenStopped) {
  const std::atomic<bool> stop{true};
  EXPECT_EQ(spend(1h, stop), 0ns);
}

TEST(BurnerTest, EndsThreadsThatSleep) {
  Burner burner{shape::Ramped{{}, 1h}, 1h};
  burner.aim(0.5, 1, 2);
  burner.stop();
  EXPECT_EQ(burner.threads(), 0);
}

TEST(BurnerTest, StartsTheThreadsItIsAskedForAndEndsThem) {
  Burner burner{0ns};
  burner.aim(0, 0, 2);
  EXPECT_EQ(burner.threads(), 2);
  burner.stop();
  EXPECT_EQ(burner.threads(), 0);
}

}  // namespace
}  // namespace plimsoll::burn

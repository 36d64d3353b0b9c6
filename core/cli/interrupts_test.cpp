#include "core/cli/interrupts.hpp"

#include <gtest/gtest.h>
#include <signal.h>

namespace plimsoll::cli {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

TEST(InterruptsTest, ASignalEndsTheWaitWithItsExitCode) {
  Interrupts interrupts;
  ::raise(SIGTERM);
  EXPECT_EQ(interrupts.wait_until(Clock::now() + 1h), ExitCode::kTerminated);
  ::raise(SIGINT);
  EXPECT_EQ(interrupts.wait_until(Clock::now() + 1h), ExitCode::kInterrupted);
}

TEST(InterruptsTest, WithoutASignalTheWaitEndsInTime) {
  Interrupts interrupts;
  EXPECT_EQ(interrupts.wait_until(Clock::now()), std::nullopt);
  EXPECT_EQ(interrupts.wait_until(Clock::now() - 1h), std::nullopt);
}

}  // namespace
}  // namespace plimsoll::cli

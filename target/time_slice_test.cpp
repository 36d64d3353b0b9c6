#include "target/time_slice.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <thread>

namespace plimsoll::target {
namespace {

using namespace std::chrono_literals;

// Each in a thread of its own, because nothing can be taken back without privileges.
TEST(TimeSlice, IsShortAfterAskingAndTheUsualOneInThreadsStartedLater) {
  if (!time_slice()) GTEST_SKIP() << "this kernel does not tell time slices";
  std::optional<units::Duration> own;
  std::optional<units::Duration> later;
  std::thread{[&] {
    ask_for_short_time_slices();
    own = time_slice();
    std::thread{[&later] { later = time_slice(); }}.join();
  }}.join();
  EXPECT_EQ(own, units::Duration{100us});
  EXPECT_EQ(later, time_slice());
  EXPECT_GT(later, own);
}

TEST(TimeSlice, LeavesThePriorityAsItIs) {
  int nice = 0;
  std::thread{[&nice] {
    ::setpriority(PRIO_PROCESS, 0, 19);  // of this thread only, on Linux
    ask_for_short_time_slices();
    nice = ::getpriority(PRIO_PROCESS, 0);
  }}.join();
  EXPECT_EQ(nice, 19);
}

}  // namespace
}  // namespace plimsoll::target

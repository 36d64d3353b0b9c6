#include "target/load/work_pool.hpp"

#include <gtest/gtest.h>

#include <future>

namespace plimsoll::target::load {
namespace {

TEST(WorkPoolTest, RunsJobs) {
  WorkPool pool{2, 8};
  std::promise<void> done;
  ASSERT_TRUE(pool.submit([&done](const auto&) { done.set_value(); }));
  done.get_future().wait();
}

TEST(WorkPoolTest, RefusesWhatIsBeyondItsQueue) {
  WorkPool pool{1, 2};
  std::promise<void> begun;
  std::promise<void> release;
  ASSERT_TRUE(pool.submit([&](const auto&) {
    begun.set_value();
    release.get_future().wait();
  }));
  begun.get_future().wait();
  EXPECT_TRUE(pool.submit([](const auto&) {}));
  EXPECT_TRUE(pool.submit([](const auto&) {}));
  EXPECT_EQ(pool.waiting(), 2U);
  EXPECT_FALSE(pool.submit([](const auto&) {}));
  release.set_value();
}

TEST(WorkPoolTest, StopAsksRunningJobsToEndAndDropsTheRest) {
  WorkPool pool{1, 8};
  std::promise<void> begun;
  bool ran = false;
  ASSERT_TRUE(pool.submit([&begun](const std::atomic<bool>& stop) {
    begun.set_value();
    while (!stop) std::this_thread::yield();
  }));
  begun.get_future().wait();
  ASSERT_TRUE(pool.submit([&ran](const auto&) { ran = true; }));
  pool.stop();
  EXPECT_FALSE(ran);
  EXPECT_FALSE(pool.submit([](const auto&) {}));
}

}  // namespace
}  // namespace plimsoll::target::load

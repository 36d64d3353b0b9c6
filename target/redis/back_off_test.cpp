#include "target/redis/back_off.hpp"

#include <gtest/gtest.h>

namespace plimsoll::target::redis {
namespace {

using namespace std::chrono_literals;

TEST(BackOffTest, DoublesUpToItsBound) {
  BackOff back_off{100ms, 500ms};
  EXPECT_EQ(back_off.next(0), 100ms);
  EXPECT_EQ(back_off.next(0), 200ms);
  EXPECT_EQ(back_off.next(0), 400ms);
  EXPECT_EQ(back_off.next(0), 500ms);
  EXPECT_EQ(back_off.next(0), 500ms);
}

TEST(BackOffTest, TakesUpToAHalfOffAtRandom) {
  BackOff back_off{100ms, 500ms};
  EXPECT_EQ(back_off.next(1), 50ms);
  EXPECT_EQ(back_off.next(0.5), 150ms);
}

TEST(BackOffTest, BeginsAnewAfterASuccess) {
  BackOff back_off{100ms, 500ms};
  EXPECT_EQ(back_off.next(0), 100ms);
  EXPECT_EQ(back_off.next(0), 200ms);
  back_off.reset();
  EXPECT_EQ(back_off.next(0), 100ms);
}

}  // namespace
}  // namespace plimsoll::target::redis

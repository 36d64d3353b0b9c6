// Slots change their states in any order; lists and counters follow.
#include "loadgen/client/connection_pool.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace plimsoll::loadgen::client {
namespace {

using State = RequestSlot::State;

TEST(ConnectionPoolTest, ANewSlotIsClosed) {
  ConnectionPool pool;
  auto& slot = pool.add();
  EXPECT_EQ(slot.state(), State::kClosed);
  EXPECT_EQ(pool.take_idle(), nullptr);
  EXPECT_EQ(pool.take_closed(), &slot);
  EXPECT_EQ(slot.state(), State::kHeld);
  EXPECT_EQ(pool.take_closed(), nullptr);
}

TEST(ConnectionPoolTest, TheLongestIdleAndTheLastClosedAreTakenFirst) {
  ConnectionPool pool;
  auto& a = pool.add();
  auto& b = pool.add();
  pool.set_idle(b);
  pool.set_idle(a);
  EXPECT_EQ(pool.take_idle(), &b);
  EXPECT_EQ(pool.take_idle(), &a);
  pool.set_closed(b);
  pool.set_closed(a);
  EXPECT_EQ(pool.take_closed(), &a);
}

TEST(ConnectionPoolTest, OpeningAndBusySlotsExpireAtTheirDeadline) {
  ConnectionPool pool;
  auto& a = pool.add();
  auto& b = pool.add();
  EXPECT_EQ(pool.next_event(), INT64_MAX);
  pool.set_opening(a, 10);
  pool.set_busy(b, 20);
  EXPECT_EQ(pool.next_event(), 10);
  EXPECT_EQ(pool.expired(9), nullptr);
  EXPECT_EQ(pool.expired(10), &a);
  pool.set_idle(a);
  EXPECT_EQ(pool.expired(10), nullptr);
  EXPECT_EQ(pool.expired(20), &b);
}

TEST(ConnectionPoolTest, RestingSlotsWakeInOrderOfTheirTimes) {
  ConnectionPool pool;
  auto& a = pool.add();
  auto& b = pool.add();
  pool.set_resting(a, 30);
  pool.set_resting(b, 20);
  EXPECT_EQ(pool.next_event(), 20);
  EXPECT_EQ(pool.take_rested(19), nullptr);
  EXPECT_EQ(pool.take_rested(40), &b);
  EXPECT_EQ(pool.take_rested(40), &a);
  EXPECT_EQ(pool.take_rested(40), nullptr);
}

TEST(ConnectionPoolTest, ASlotKeepsItsLastRequestAfterItsEnd) {
  ConnectionPool pool;
  auto& slot = pool.add();
  pool.bind(slot, {.planned = 7});
  EXPECT_TRUE(slot.bound());
  EXPECT_EQ(pool.bound(), 1u);
  pool.unbind(slot);
  EXPECT_FALSE(slot.bound());
  EXPECT_EQ(pool.bound(), 0u);
  EXPECT_EQ(slot.request().planned, 7);
}

// The counters against a count by hand, over many random changes.
TEST(ConnectionPoolTest, TheCountersAreThoseOfTheSlots) {
  ConnectionPool pool;
  for (int i = 0; i < 5; ++i) pool.add();
  std::mt19937 random(1);
  std::int64_t now = 0;
  const std::array<std::function<void(RequestSlot&)>, 8> changes = {
      [&](RequestSlot& slot) { pool.set_opening(slot, now); },
      [&](RequestSlot& slot) { pool.set_busy(slot, now); },
      [&](RequestSlot& slot) { pool.set_idle(slot); },
      [&](RequestSlot& slot) { pool.set_closed(slot); },
      [&](RequestSlot& slot) { pool.set_resting(slot, now); },
      [&](RequestSlot& slot) { pool.set_no_room(slot); },
      [&](RequestSlot& slot) { pool.hold(slot); },
      [&](RequestSlot& slot) { slot.bound() ? pool.unbind(slot) : pool.bind(slot, {}); }};
  for (; now < 10'000; ++now) {
    changes[random() % changes.size()](pool.slots()[random() % 5]);
    std::uint64_t opening = 0;
    std::uint64_t bound = 0;
    std::int64_t next = INT64_MAX;
    for (const auto& slot : pool.slots()) {
      opening += slot.state() == State::kOpening ? 1 : 0;
      bound += slot.bound() ? 1 : 0;
      if (slot.state() == State::kOpening || slot.state() == State::kBusy ||
          slot.state() == State::kResting)
        next = std::min(next, slot.until());
    }
    ASSERT_EQ(pool.opening(), opening);
    ASSERT_EQ(pool.bound(), bound);
    ASSERT_EQ(pool.next_event(), next);
  }
}

}  // namespace
}  // namespace plimsoll::loadgen::client

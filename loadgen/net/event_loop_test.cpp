#include "loadgen/net/event_loop.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>

namespace plimsoll::loadgen::net {
namespace {

struct Listener final : Readiness {
  explicit Listener(std::function<void(Event)> told) : tell(std::move(told)) {}
  void on_ready(Event event) override { tell(event); }
  std::function<void(Event)> tell;
};

class EventLoopTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, near_), 0);
  }
  void TearDown() override {
    ::close(near_[0]);
    ::close(near_[1]);
  }
  int near_[2] = {-1, -1};
  EventLoop loop_;
};

TEST_F(EventLoopTest, TellsTheOwnerOfDataAndOfTheEnd) {
  bool hung_up = false;
  Listener listener([&](Readiness::Event event) {
    if (!event.readable) return;  // it can be written to from the start
    hung_up = event.hung_up;
    loop_.stop();
  });
  ASSERT_EQ(loop_.add(near_[0], listener), 0);
  ASSERT_EQ(::write(near_[1], "x", 1), 1);
  loop_.run();
  EXPECT_FALSE(hung_up);
  ::shutdown(near_[1], SHUT_WR);
  loop_.run();
  EXPECT_TRUE(hung_up);
}

TEST_F(EventLoopTest, AForgottenOwnerHearsNothingOfEventsAlreadyFetched) {
  int told = 0;
  Listener second([&](Readiness::Event) { ++told; });
  // Both ends are ready at once, and this one was added first.
  Listener first([&](Readiness::Event) {
    loop_.forget(second);
    loop_.post([&] { loop_.stop(); });
  });
  ASSERT_EQ(loop_.add(near_[0], first), 0);
  ASSERT_EQ(loop_.add(near_[1], second), 0);
  loop_.run();
  EXPECT_EQ(told, 0);
}

TEST_F(EventLoopTest, ATimerInThePastFiresAndCanBeSetAgainAndAgain) {
  int fired = 0;
  loop_.on_timer([&] {
    if (++fired == 3) return loop_.stop();
    loop_.set_timer(0);
  });
  loop_.set_timer(0);
  loop_.run();
  EXPECT_EQ(fired, 3);
}

TEST_F(EventLoopTest, TasksPostedByTasksRunToo) {
  int ran = 0;
  loop_.post([&] {
    ++ran;
    loop_.post([&] {
      ++ran;
      loop_.stop();
    });
  });
  loop_.run();
  EXPECT_EQ(ran, 2);
}

struct Counter final : TurnEnd {
  void on_turn_end() override { ++turns; }
  int turns = 0;
};

TEST_F(EventLoopTest, ATurnEndsOnceAfterItsTasksAndItsTimer) {
  Counter counter;
  Counter forgotten;
  int seen_by_task = -1;
  int seen_by_timer = -1;
  loop_.at_turn_end(counter);
  loop_.at_turn_end(forgotten);
  loop_.forget(forgotten);
  loop_.post([&] { seen_by_task = counter.turns; });
  loop_.on_timer([&] {
    seen_by_timer = counter.turns;
    loop_.stop();
  });
  loop_.run_once(loop_.now());
  EXPECT_EQ(seen_by_task, 0);
  EXPECT_EQ(counter.turns, 1);
  EXPECT_EQ(forgotten.turns, 0);
  loop_.at_turn_end(counter);
  loop_.set_timer(0);
  loop_.run();
  EXPECT_EQ(seen_by_timer, 1);
  EXPECT_EQ(counter.turns, 2);
}

}  // namespace
}  // namespace plimsoll::loadgen::net

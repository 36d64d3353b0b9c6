// Make before break, step by step.
#include "loadgen/client/recycler.hpp"

#include <gtest/gtest.h>

#include "loadgen/client/connection_pool.hpp"
#include "loadgen/testing/scripted_network.hpp"

namespace plimsoll::loadgen::client {
namespace {

using namespace std::chrono_literals;
using testing::kMillisecond;
using Outcome = Recycler::Outcome;
using Replacement = RequestSlot::Replacement::State;

plan::Options options_of(std::optional<std::uint64_t> requests,
                         std::optional<units::Duration> age = {}) {
  plan::Options options;
  options.url = "http://127.0.0.1/";
  options.connection_requests = requests;
  options.connection_age = age;
  options.timeout = 1s;
  return options;
}

// One slot with an open connection, and what tells the recycler of its replacement.
class Bench final : http::ConnectionEvents {
 public:
  explicit Bench(const plan::Options& options) : plan_(plan::make_plan(options).value()) {
    slot.connection = network.make_connection(slot, *this);
    slot.replacement.connection = network.make_connection(slot, *this);
    dialer_.start(slot.dial, *slot.connection);
    pass(5);
  }

  void pass(std::int64_t milliseconds) {
    network.time.run_until(network.time.now() + milliseconds * kMillisecond);
  }
  [[nodiscard]] std::int64_t now() const { return network.time.now(); }

  testing::ScriptedNetwork network;
  stats::ConnectionCounts counts;
  ConnectionPool pool;
  RequestSlot& slot = pool.add();

 private:
  bool is_replacement(http::Connection& connection) {
    return &connection == slot.replacement.connection.get();
  }
  void on_open(http::Connection& connection) override {
    recycler.opened(connection.life(), now());
    if (is_replacement(connection)) recycler.replacement_opened(slot);
  }
  void on_open_failed(http::Connection& connection, const net::Failure&) override {
    if (is_replacement(connection)) recycler.replacement_failed(slot, now());
  }
  void on_full(http::Connection&) override {}
  void on_room(http::Connection&) override {}
  void on_response(http::Connection&, unsigned, bool) override {}
  void on_failed(http::Connection&, const net::Failure&, http::Lost) override {}
  void on_idle_closed(http::Connection&, http::IdleClose) override {}

  const plan::Plan plan_;
  Dialer dialer_{plan_, 0, network, *this};

 public:
  Recycler recycler{plan_.options, 1, dialer_, counts};
};

TEST(RecyclerTest, WithoutALimitNothingIsEverDue) {
  Bench bench(options_of({}));
  bench.slot.connection->life().issued = 1'000'000;
  bench.pass(1'000'000);
  EXPECT_FALSE(bench.recycler.recycles());
  EXPECT_FALSE(bench.recycler.is_due(bench.slot, bench.now()));
}

TEST(RecyclerTest, AConnectionIsDueAfterItsShareOfRequests) {
  Bench bench(options_of(3));
  bench.slot.connection->life().issued = 2;
  EXPECT_FALSE(bench.recycler.is_due(bench.slot, bench.now()));
  bench.slot.connection->life().issued = 3;
  EXPECT_TRUE(bench.recycler.is_due(bench.slot, bench.now()));
}

TEST(RecyclerTest, AgesLieBetweenHalfTheLimitAndAllOfIt) {
  Bench bench(options_of({}, 100ms));
  std::int64_t least = INT64_MAX;
  std::int64_t most = 0;
  for (int i = 0; i < 1000; ++i) {
    http::ConnectionLife life;
    bench.recycler.opened(life, 0);
    least = std::min(least, life.expires);
    most = std::max(most, life.expires);
  }
  EXPECT_GE(least, 50 * kMillisecond);
  EXPECT_LT(least, 51 * kMillisecond);
  EXPECT_LE(most, 100 * kMillisecond);
  EXPECT_GT(most, 99 * kMillisecond);
}

TEST(RecyclerTest, AnAgedConnectionServesUntilItsReplacementIsOpen) {
  Bench bench(options_of({}, 100ms));
  const auto* old = bench.slot.connection.get();
  bench.pass(100);
  ASSERT_TRUE(bench.recycler.is_due(bench.slot, bench.now()));
  EXPECT_EQ(bench.recycler.recycle(bench.slot, true, bench.now(), true), Outcome::kUsable);
  EXPECT_EQ(bench.slot.connection.get(), old);
  EXPECT_EQ(bench.network.open_now, 1u);
  bench.pass(1);
  EXPECT_EQ(bench.slot.replacement.state, Replacement::kReady);
  EXPECT_EQ(bench.network.open_now, 2u);
  EXPECT_EQ(bench.recycler.recycle(bench.slot, true, bench.now(), true), Outcome::kUsable);
  EXPECT_NE(bench.slot.connection.get(), old);
  EXPECT_TRUE(bench.slot.connection->is_open());
  EXPECT_EQ(bench.network.open_now, 1u);
  EXPECT_EQ(bench.counts.recycled, 1u);
  EXPECT_FALSE(bench.recycler.is_due(bench.slot, bench.now()));
}

TEST(RecyclerTest, AnIdleSlotTakesItsReplacementWhenItOpens) {
  Bench bench(options_of({}, 100ms));
  bench.pool.set_idle(bench.slot);
  bench.recycler.start_replacement(bench.slot, bench.now());
  bench.pass(1);
  EXPECT_EQ(bench.slot.replacement.state, Replacement::kNone);
  EXPECT_EQ(bench.network.open_now, 1u);
  EXPECT_EQ(bench.counts.recycled, 1u);
}

TEST(RecyclerTest, AConnectionThatIsUsedUpWaitsForItsReplacement) {
  Bench bench(options_of(3));
  bench.slot.connection->life().issued = 3;
  EXPECT_EQ(bench.recycler.recycle(bench.slot, true, bench.now(), true), Outcome::kOpening);
  EXPECT_EQ(bench.network.open_now, 0u);
  bench.pass(1);
  EXPECT_TRUE(bench.slot.connection->is_open());
}

TEST(RecyclerTest, WhereItThinksFirstItIsClosedInstead) {
  auto options = options_of(3);
  options.think = schedule::ThinkTime{1s, 1s};
  Bench bench(options);
  bench.slot.connection->life().issued = 3;
  EXPECT_EQ(bench.recycler.recycle(bench.slot, true, bench.now(), true), Outcome::kClosed);
  bench.pass(10);
  EXPECT_EQ(bench.network.open_now, 0u);
}

TEST(RecyclerTest, NoReplacementIsOpenedWhenNoRequestWillFollow) {
  Bench bench(options_of(3));
  bench.slot.connection->life().issued = 3;
  EXPECT_EQ(bench.recycler.recycle(bench.slot, true, bench.now(), false), Outcome::kClosed);
  EXPECT_EQ(bench.network.openings.size(), 1u);
  EXPECT_EQ(bench.counts.recycled, 1u);
}

TEST(RecyclerTest, AReplacementThatCannotBeOpenedIsTriedAgainASecondLater) {
  Bench bench(options_of({}, 100ms));
  bench.network.refuse = [](const net::Endpoint&) {
    return net::Failure{net::ErrorKind::kConnectRefused};
  };
  bench.pass(100);
  EXPECT_EQ(bench.recycler.recycle(bench.slot, true, bench.now(), true), Outcome::kUsable);
  bench.pass(1);
  EXPECT_EQ(bench.counts.failed, 1u);
  EXPECT_TRUE(bench.slot.connection->is_open());
  EXPECT_FALSE(bench.recycler.is_due(bench.slot, bench.now() + 999 * kMillisecond));
  EXPECT_TRUE(bench.recycler.is_due(bench.slot, bench.now() + 1'000 * kMillisecond));
  EXPECT_EQ(bench.counts.recycled, 0u);
}

TEST(RecyclerTest, AnOpeningThatTakesTooLongIsBegunAgain) {
  Bench bench(options_of({}, 100ms));
  bench.network.connect_takes = 3'600'000 * kMillisecond;
  bench.recycler.start_replacement(bench.slot, bench.now());
  bench.pass(999);
  bench.recycler.start_replacement(bench.slot, bench.now());
  EXPECT_EQ(bench.network.openings.size(), 2u);
  bench.pass(1);
  bench.recycler.start_replacement(bench.slot, bench.now());
  EXPECT_EQ(bench.network.openings.size(), 3u);
}

TEST(RecyclerTest, ADroppedReplacementIsClosed) {
  Bench bench(options_of(3));
  bench.recycler.start_replacement(bench.slot, bench.now());
  bench.pass(1);
  EXPECT_EQ(bench.network.open_now, 2u);
  bench.recycler.drop_replacement(bench.slot);
  EXPECT_EQ(bench.network.open_now, 1u);
  EXPECT_EQ(bench.slot.replacement.state, Replacement::kNone);
}

}  // namespace
}  // namespace plimsoll::loadgen::client

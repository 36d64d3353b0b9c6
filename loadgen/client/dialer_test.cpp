// Names, addresses in turn, the other family.
#include "loadgen/client/dialer.hpp"

#include <gtest/gtest.h>

#include "loadgen/testing/scripted_network.hpp"

namespace plimsoll::loadgen::client {
namespace {

using boost::asio::ip::make_address;
using testing::kMillisecond;

struct Events final : http::ConnectionEvents {
  void on_open(http::Connection&) override { ++opened; }
  void on_open_failed(http::Connection&, const net::Failure& failure) override {
    failures.push_back(failure.kind);
  }
  void on_full(http::Connection&) override {}
  void on_room(http::Connection&) override {}
  void on_response(http::Connection&, unsigned, bool) override {}
  void on_failed(http::Connection&, const net::Failure&, http::Lost) override {}
  void on_idle_closed(http::Connection&, http::IdleClose) override {}
  int opened = 0;
  std::vector<net::ErrorKind> failures;
};

class DialerTest : public ::testing::Test {
 protected:
  explicit DialerTest(const char* url = "http://name:81/") : plan_(plan_of(url)) {}

  static plan::Plan plan_of(const char* url) {
    plan::Options options;
    options.url = url;
    return plan::make_plan(options).value();
  }
  // Until the connection is open, has failed or is given up.
  void pass(std::int64_t milliseconds = 10) {
    network_.time.run_until(network_.time.now() + milliseconds * kMillisecond);
  }

  const plan::Plan plan_;
  testing::ScriptedNetwork network_;
  Events events_;
  http::ConnectionOwner owner_;
  Dialer dialer_{plan_, 0, network_, events_};
  std::unique_ptr<http::Connection> connection_ = network_.make_connection(owner_, events_);
  Dial dial_;
};

class DialerWithAddressTest : public DialerTest {
 protected:
  DialerWithAddressTest() : DialerTest("http://[::1]:82/") {}
};

TEST_F(DialerWithAddressTest, NothingIsLookedUp) {
  network_.lookup_takes = 1'000'000 * kMillisecond;
  dialer_.start(dial_, *connection_);
  pass();
  EXPECT_EQ(events_.opened, 1);
  EXPECT_EQ(dialer_.endpoint_name(dial_), "[::1]:82");
  EXPECT_FALSE(dialer_.try_other_family(dial_, *connection_, {net::ErrorKind::kConnectRefused}));
}

TEST_F(DialerTest, AddressesOfOneFamilyTakeTurns) {
  network_.addresses = {make_address("10.0.0.1"), make_address("fd00::1"),
                        make_address("10.0.0.2")};
  for (int i = 0; i < 3; ++i) {
    dialer_.start(dial_, *connection_);
    pass();
    dialer_.succeeded(dial_);
    connection_->close();
  }
  EXPECT_EQ(network_.openings,
            (std::vector<std::string>{"10.0.0.1:81", "10.0.0.2:81", "10.0.0.1:81"}));
  EXPECT_EQ(dialer_.endpoint_name(dial_), "10.0.0.1:81");
}

TEST_F(DialerTest, ANameWithoutAnAddressFails) {
  dialer_.start(dial_, *connection_);
  pass();
  EXPECT_EQ(events_.failures, std::vector{net::ErrorKind::kDns});
}

TEST_F(DialerTest, AnAnswerThatComesAfterTheEndIsIgnored) {
  network_.addresses = {make_address("10.0.0.1")};
  dialer_.start(dial_, *connection_);
  dialer_.end(dial_);
  pass();
  EXPECT_EQ(network_.openings, std::vector<std::string>{});
  EXPECT_EQ(events_.opened, 0);
}

TEST_F(DialerTest, TheOtherFamilyIsTriedOnceAndRemembered) {
  network_.addresses = {make_address("127.0.0.1"), make_address("::1")};
  const net::Failure refused{net::ErrorKind::kConnectRefused};
  dialer_.start(dial_, *connection_);
  pass();
  EXPECT_TRUE(dialer_.try_other_family(dial_, *connection_, refused));
  pass();
  EXPECT_FALSE(dialer_.try_other_family(dial_, *connection_, refused));
  dialer_.succeeded(dial_);
  dialer_.start(dial_, *connection_);
  pass();
  EXPECT_EQ(network_.openings, (std::vector<std::string>{"127.0.0.1:81", "::1:81", "::1:81"}));
}

TEST_F(DialerTest, WhereThereIsNoOtherFamilyTheFailureStands) {
  network_.addresses = {make_address("127.0.0.1")};
  dialer_.start(dial_, *connection_);
  pass();
  EXPECT_TRUE(dialer_.try_other_family(dial_, *connection_, {net::ErrorKind::kUnreachable}));
  pass();
  EXPECT_EQ(events_.failures, std::vector{net::ErrorKind::kUnreachable});
}

TEST_F(DialerTest, ATimeOutIsNoReasonForTheOtherFamily) {
  network_.addresses = {make_address("127.0.0.1"), make_address("::1")};
  dialer_.start(dial_, *connection_);
  pass();
  EXPECT_FALSE(dialer_.try_other_family(dial_, *connection_, {net::ErrorKind::kConnectTimeout}));
}

}  // namespace
}  // namespace plimsoll::loadgen::client

// Frames without a socket: what a server's bytes mean for the requests in flight.
#include "loadgen/http/http2_framing.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace plimsoll::loadgen::http {
namespace {

using namespace std::string_literals;

const std::string kEmptySettings("\0\0\0\4\0\0\0\0\0", 9);

// HEADERS with ":status: 200" alone, which ends the stream. RFC 7541, appendix A: index 8.
std::string answer_to(std::int32_t id) {
  return "\0\0\1\1\5\0\0\0"s + static_cast<char>(id) + "\x88";
}

class Http2FramingTest : public ::testing::Test, protected Http2FramingEvents {
 protected:
  void on_settings(std::uint32_t) override { ++settings_; }
  void on_goaway() override { ++goaways_; }
  void on_answered(Http2Exchange& exchange) override { answered_.push_back(exchange.id); }
  void on_lost(Http2Exchange& exchange, std::uint32_t) override { lost_.push_back(exchange.id); }

  [[nodiscard]] std::string frames() {
    std::string out;
    framing_.take_frames(out, 1 << 20);
    return out;
  }
  [[nodiscard]] bool receive(const std::string& bytes) {
    return framing_.receive(bytes.data(), bytes.size());
  }
  void submit(Http2Exchange& exchange) {
    const std::array<request::Field, 4> fields{
        {{":method", "GET"}, {":scheme", "http"}, {":authority", "h"}, {":path", "/"}}};
    EXPECT_TRUE(framing_.submit(exchange, {"", fields, false}));
  }

  const std::string watched_;
  Http2Framing framing_{*this, watched_};
  int settings_ = 0;
  int goaways_ = 0;
  std::vector<std::int32_t> answered_;
  std::vector<std::int32_t> lost_;
};

TEST_F(Http2FramingTest, RequestsThatAreSubmittedTogetherAreTakenTogether) {
  EXPECT_TRUE(frames().starts_with("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
  std::array<Http2Exchange, 3> exchanges;
  for (auto& exchange : exchanges) submit(exchange);
  EXPECT_EQ(exchanges[2].id, 5);
  EXPECT_FALSE(frames().empty());
  EXPECT_TRUE(frames().empty());
  ASSERT_TRUE(receive(kEmptySettings + answer_to(3) + answer_to(1)));
  EXPECT_EQ(settings_, 1);
  EXPECT_EQ(answered_, (std::vector<std::int32_t>{3, 1}));
  EXPECT_EQ(exchanges[0].status, 200u);
  EXPECT_TRUE(exchanges[2].in_flight);
}

TEST_F(Http2FramingTest, AResponseToACancelledRequestIsNotTakenForThatOfTheNext) {
  Http2Exchange exchange;
  submit(exchange);
  (void)frames();
  framing_.cancel(exchange);
  EXPECT_FALSE(exchange.in_flight);
  submit(exchange);
  EXPECT_EQ(exchange.id, 3);
  ASSERT_TRUE(receive(kEmptySettings + answer_to(1)));
  EXPECT_TRUE(answered_.empty());
  EXPECT_TRUE(exchange.silent);
  (void)frames();
  ASSERT_TRUE(receive(answer_to(3)));
  EXPECT_EQ(answered_, std::vector<std::int32_t>{3});
  EXPECT_TRUE(lost_.empty());
}

TEST_F(Http2FramingTest, AResetStreamIsLostAndAGoawayIsTold) {
  Http2Exchange exchange;
  submit(exchange);
  (void)frames();
  const auto reset = "\0\0\4\3\0\0\0\0\1\0\0\0\2"s;             // INTERNAL_ERROR
  const auto goaway = "\0\0\x08\7\0\0\0\0\0\0\0\0\1\0\0\0\0"s;  // the last one was 1
  ASSERT_TRUE(receive(kEmptySettings + reset + goaway));
  EXPECT_EQ(lost_, std::vector<std::int32_t>{1});
  EXPECT_TRUE(exchange.reset_by_peer);
  EXPECT_EQ(goaways_, 1);
  submit(exchange);
  (void)frames();
  EXPECT_EQ(lost_, (std::vector<std::int32_t>{1, 3}));  // a request after it is not sent
}

TEST_F(Http2FramingTest, WhatIsNotHttp2IsAViolationOnceTheServerWasTold) {
  (void)frames();
  (void)receive("HTTP/1.1 400 Bad Request\r\n\r\n");
  EXPECT_FALSE(framing_.violated());
  EXPECT_FALSE(frames().empty());
  EXPECT_TRUE(framing_.violated());
  EXPECT_NE(framing_.problem().find("SETTINGS"), std::string::npos) << framing_.problem();
}

}  // namespace
}  // namespace plimsoll::loadgen::http

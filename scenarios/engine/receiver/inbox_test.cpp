#include "scenarios/engine/receiver/inbox.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace plimsoll::engine::receiver {
using nlohmann::json;

const char* const kPost =
    R"({"version":"4","receiver":"webhook","status":"firing","groupKey":"g","alerts":[
        {"status":"firing","labels":{"alertname":"A"},"startsAt":"T","fingerprint":"f","extra":1}]})";

TEST(InboxTest, DeliveriesAreNumberedAndGivenFromAfterANumber) {
  Inbox inbox{"i1"};
  EXPECT_EQ(*inbox.accept(kPost, "t1"), 1U);
  EXPECT_EQ(*inbox.accept(kPost, "t2"), 2U);
  const auto lines = inbox.lines(1, "i1");
  const auto second = json::parse(lines);
  EXPECT_EQ(second["seq"], 2);
  EXPECT_EQ(second["received_at"], "t2");
  EXPECT_EQ(second["receiver"], "webhook");
  EXPECT_EQ(second["alerts"][0]["labels"]["alertname"], "A");
  EXPECT_EQ(inbox.lines(2, "i1"), "");
}

TEST(InboxTest, WhoKnowsAnotherLifeOfTheReceiverGetsEverything) {
  Inbox inbox{"i2"};
  ASSERT_TRUE(inbox.accept(kPost, "t"));
  EXPECT_NE(inbox.lines(7, "i1"), "");
  EXPECT_EQ(inbox.lines(7, ""), "");
}

TEST(InboxTest, TheOldestGoWhenTheBoundsAreReached) {
  Inbox inbox{"i", 2};
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(inbox.accept(kPost, "t"));
  const auto health = json::parse(inbox.health());
  EXPECT_EQ(health["last_seq"], 3);
  EXPECT_EQ(health["kept"], 2);
  EXPECT_EQ(health["dropped"], 1);
  EXPECT_EQ(inbox.lines(0, "i").find("\"seq\":1,"), std::string::npos);
}

TEST(InboxTest, WhatIsNoWebhookIsRefusedAndTakesNoNumber) {
  Inbox inbox{"i"};
  for (const char* body : {"", "x", "[]", "{}", R"({"alerts": 3})"})
    EXPECT_FALSE(inbox.accept(body, "t")) << body;
  EXPECT_EQ(*inbox.accept(kPost, "t"), 1U);
}

}  // namespace plimsoll::engine::receiver

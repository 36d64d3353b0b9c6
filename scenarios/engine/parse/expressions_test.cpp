#include "scenarios/engine/parse/expressions.hpp"

#include <gtest/gtest.h>

namespace plimsoll::engine::parse {
namespace {

using namespace std::chrono_literals;

TEST(ComparisonTest, IsReadInEveryFormAndHoldsAsWritten) {
  struct Row {
    const char* text;
    Quantity quantity;
    double holds, breaks;
  };
  const Row rows[] = {
      {">=3", Quantity::kCount, 3, 2},   {"== 1", Quantity::kCount, 1, 0},
      {"3", Quantity::kCount, 3, 4},     {"!=0", Quantity::kCount, 1, 0},
      {"+1", Quantity::kRestarts, 1, 2}, {">=+2", Quantity::kRestarts, 3, 1},
      {"+0", Quantity::kRestarts, 0, 1}, {"<=0.22", Quantity::kNumber, 0.22, 0.23},
      {">-1", Quantity::kNumber, 0, -1},
  };
  for (const auto& row : rows) {
    const auto comparison = parse_comparison(row.text, row.quantity);
    ASSERT_TRUE(comparison) << row.text << ": " << comparison.error().message;
    EXPECT_TRUE(comparison->holds(row.holds)) << row.text;
    EXPECT_FALSE(comparison->holds(row.breaks)) << row.text;
    EXPECT_EQ(comparison->text, row.text);
  }
}

TEST(ComparisonTest, WhatIsNoneIsRefusedWithTheAcceptedForm) {
  const std::pair<const char*, Quantity> rows[] = {
      {"", Quantity::kCount},       {">=", Quantity::kCount},   {">=1.5", Quantity::kCount},
      {"=1", Quantity::kCount},     {"-1", Quantity::kCount},   {"1", Quantity::kRestarts},
      {">=1", Quantity::kRestarts}, {"+", Quantity::kRestarts}, {"+x", Quantity::kRestarts},
      {"<nan", Quantity::kNumber},  {"~3", Quantity::kCount},   {"+1", Quantity::kCount},
  };
  for (const auto& [text, quantity] : rows) {
    const auto comparison = parse_comparison(text, quantity);
    ASSERT_FALSE(comparison) << text;
    EXPECT_NE(comparison.error().message.find("such as"), std::string::npos);
  }
}

TEST(MarkTest, IsReadWithItsOffset) {
  struct Row {
    const char* text;
    model::Anchor anchor;
    const char* name;
    units::Duration offset;
  };
  const Row rows[] = {
      {"start", model::Anchor::kRunStart, "", 0s},
      {"start+1m30s", model::Anchor::kRunStart, "", 90s},
      {"end-10s", model::Anchor::kRunEnd, "", -10s},
      {"bloat.start", model::Anchor::kStepStart, "bloat", 0s},
      {"re-load.end-5s", model::Anchor::kStepEnd, "re-load", -5s},
      {"oom.at + 1s", model::Anchor::kClaimAt, "oom", 1s},
  };
  for (const auto& row : rows) {
    const auto mark = parse_mark(row.text);
    ASSERT_TRUE(mark) << row.text;
    EXPECT_EQ(mark->anchor, row.anchor) << row.text;
    EXPECT_EQ(mark->name, row.name) << row.text;
    EXPECT_EQ(mark->offset, row.offset) << row.text;
  }
  for (const auto* bad : {"", "begin", "bloat", "bloat.middle", "load.start+", "load.start+5",
                          ".start", "load.start+5s+5s", "start.start.at", "a b.start"}) {
    EXPECT_FALSE(parse_mark(bad)) << bad;
  }
}

TEST(ServiceAddressTest, NeedsAllThreeParts) {
  const auto address = parse_service_address("monitoring/prometheus:9090");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->namespace_name, "monitoring");
  EXPECT_EQ(address->service, "prometheus");
  EXPECT_EQ(address->port, 9090);
  for (const auto* bad : {"prometheus:9090", "monitoring/prometheus", "m/p:0", "m/p:65536",
                          "m/p:http", "/p:1", "http://m/p:1", "m/:1"}) {
    EXPECT_FALSE(parse_service_address(bad)) << bad;
  }
}

TEST(SubstitutionTest, ReplacesNamesAndKeepsTheEscapedOnes) {
  const std::map<std::string, std::string> values{{"params.x", "1"}, {"run", "r"}};
  EXPECT_EQ(*substitute("${params.x}-${run}${run}", values), "1-rr");
  EXPECT_EQ(*substitute("$${run} $run", values), "${run} $run");
  EXPECT_EQ(substitute("${params.y}", values).error().message,
            "'${params.y}' is not defined; did you mean '${params.x}'?");
  EXPECT_FALSE(substitute("${run", values));
}

TEST(NearestTest, FindsASlipAndLeavesStrangersAlone) {
  EXPECT_EQ(nearest("worklod", {"workload", "container"}), "workload");
  EXPECT_EQ(nearest("Steps", {"steps"}), "steps");
  EXPECT_EQ(nearest("banana", {"steps", "expect"}), "");
  EXPECT_EQ(nearest("by", {"to"}), "");
}

TEST(ShortDurationTest, IsExact) {
  EXPECT_EQ(short_duration(60s), "60s");
  EXPECT_EQ(short_duration(2min), "2m");
  EXPECT_EQ(short_duration(210s), "3m30s");
  EXPECT_EQ(short_duration(1h), "1h");
  EXPECT_EQ(short_duration(250ms), "250ms");
  EXPECT_EQ(short_duration(1500ms), "1.5s");
  EXPECT_EQ(short_duration(0s), "0s");
}

}  // namespace
}  // namespace plimsoll::engine::parse

#include <gtest/gtest.h>

#include <fstream>

#include "core/load_result/fixture.hpp"

namespace plimsoll::load_result {
namespace {

using Json = nlohmann::ordered_json;

// Every member set, each to a value of its own.
LoadResult full_result() {
  const Sample samples[] = {{0, 200, 1'234'567, 1'000'000}, {1, 503, 9'876'543, 7}, {1, 0, 0, 0}};
  auto result = result_of(samples);
  result.version = "1.2.3";
  result.started_unix_s = 1700000000.25;
  result.protocol = "HTTP/2";
  result.config = {{"url", "http://h/"}, {"method", "GET"}, {"think_s", {{"min", 0.5}}}};
  result.totals.error_details = {{"timeout", "no answer"}};
  result.rate_requested = 12.5;
  result.generator = {1.5, 1024, 3, true, "own CPU at 99%"};
  result.connections = {1, 2, 3, 4, 5};
  result.endpoints = {{"127.0.0.1:80", 6, 7}};
  result.pods = {{"pod-a", 8}, {"pod-b", 9}};
  result.phases = {{"warm-up", true, 0, 1, 10, std::nullopt, 9.5, result.totals},
                   {"main", false, 1, 2.5, 10, 20, 9.75, {}}};
  result.mix = {{"search", result.totals}, {"buy", {}}};
  result.thresholds = {{"p99<1ms", 9876543.0, false}, {"rate>1/s", std::nullopt, false}};
  result.verdict = "inconclusive";
  result.reason = "generator saturated";
  result.exit_code = 3;
  return result;
}

TEST(LoadResultJsonTest, WhatIsReadIsWrittenBackAsItWas) {
  for (const auto& result : {full_result(), result_of({})}) {
    const auto json = to_json(result);
    const auto back = from_json(json);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(to_json(*back).dump(2), json.dump(2));
  }
}

TEST(LoadResultJsonTest, EveryMemberComesBack) {
  const auto back = from_json(to_json(full_result()));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->totals.requests.failed, 1u);
  EXPECT_EQ(back->totals.server_errors(), 1u);
  EXPECT_EQ(back->totals.latency.max, 9'876'543);
  EXPECT_EQ(back->totals.error_details.front().second, "no answer");
  EXPECT_EQ(back->rate_requested, 12.5);
  EXPECT_EQ(back->generator.reason, "own CPU at 99%");
  EXPECT_EQ(back->connections.unasked_data, 5u);
  EXPECT_EQ(back->endpoints.at(0).requests, 7u);
  EXPECT_EQ(back->pods.at("pod-b"), 9u);
  EXPECT_EQ(back->series.at(1).failed, 1u);
  EXPECT_TRUE(back->phases.at(0).warmup);
  EXPECT_EQ(back->phases.at(0).rate_to, std::nullopt);
  EXPECT_EQ(back->mix.at(0).second.bytes_sent, 150u);
  EXPECT_EQ(back->thresholds.at(0).value, 9876543.0);
  EXPECT_EQ(back->thresholds.at(1).value, std::nullopt);
  EXPECT_EQ(back->exit_code, 3);
}

TEST(LoadResultJsonTest, KeysStandInTheDocumentedOrderAndEmptyPartsAreLeftOut) {
  std::vector<std::string> keys;
  const auto full = to_json(full_result());
  for (const auto& [key, value] : full.items()) keys.push_back(key);
  const std::vector<std::string> documented = {"schema",
                                               "version",
                                               "started_unix_s",
                                               "protocol",
                                               "config",
                                               "requests",
                                               "status",
                                               "errors",
                                               "error_details",
                                               "latency_ns",
                                               "service_time_ns",
                                               "send_lag_ns",
                                               "schedule_lag_ns",
                                               "failed_latency_ns",
                                               "bytes",
                                               "rate",
                                               "duration_s",
                                               "generator",
                                               "connections",
                                               "endpoints",
                                               "pods",
                                               "series",
                                               "phases",
                                               "mix",
                                               "histogram",
                                               "thresholds",
                                               "verdict",
                                               "reason",
                                               "exit_code"};
  EXPECT_EQ(keys, documented);
  const auto plain = to_json(result_of({}));
  for (const auto* key : {"pods", "phases", "mix"}) EXPECT_FALSE(plain.contains(key)) << key;
  EXPECT_TRUE(plain["reason"].is_null());
  EXPECT_TRUE(plain["rate"]["requested"].is_null());
}

TEST(LoadResultJsonTest, WhatIsNoLoadResultIsRefusedByName) {
  EXPECT_FALSE(from_json(Json::object()));
  EXPECT_FALSE(from_json(Json::array()));
  auto other = to_json(full_result());
  other["schema"] = "plimsoll.loadgen/v2";
  EXPECT_NE(from_json(other).error().message.find("plimsoll.loadgen/v2"), std::string::npos);
  for (const auto* missing : {"requests", "status", "latency_ns", "rate", "generator", "verdict"}) {
    auto json = to_json(full_result());
    json.erase(missing);
    const auto read = from_json(json);
    ASSERT_FALSE(read) << missing;
    EXPECT_EQ(read.error().category, ErrorCategory::kUnavailable);
    EXPECT_NE(read.error().message.find(missing), std::string::npos) << read.error().message;
  }
  auto wrong = to_json(full_result());
  wrong["latency_ns"]["p99"] = "fast";
  EXPECT_FALSE(from_json(wrong));
}

TEST(LoadResultJsonTest, LaterKeysAndAMissingHistogramAreTaken) {
  auto json = to_json(full_result());
  json["later"] = 1;
  json.erase("histogram");
  const auto read = from_json(json);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->latency_histogram, "");
}

}  // namespace
}  // namespace plimsoll::load_result

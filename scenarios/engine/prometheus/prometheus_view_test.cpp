#include "scenarios/engine/prometheus/prometheus_view.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace plimsoll::engine::prometheus {
using nlohmann::json;

const char* const kRules = R"({"status": "success", "data": {"groups": [{"name": "g", "rules": [
  {"name": "Mine", "health": "ok", "labels": {"plimsoll_run": "r1"}, "alerts": [
     {"state": "firing", "activeAt": "T", "labels": {"namespace": "ns", "pod": "b"}},
     {"state": "pending", "activeAt": "T", "labels": {"namespace": "ns", "pod": "a"}},
     {"state": "firing", "activeAt": "T", "labels": {"namespace": "elsewhere"}}]},
  {"name": "Named", "health": "err", "lastError": "bad join", "labels": {}, "alerts": []},
  {"name": "Other", "health": "ok", "labels": {"plimsoll_run": "r2"}, "alerts": []}]}]}})";

TEST(PrometheusViewTest, KeepsTheRunsOwnAndTheNamedRulesAndTheNamespacesAlerts) {
  const auto seen = view_rules(json::parse(kRules), "r1", "ns", {"Named"});
  ASSERT_TRUE(seen);
  ASSERT_EQ(seen->rules.size(), 2U);
  EXPECT_EQ(seen->rules[0].name, "Mine");
  EXPECT_TRUE(seen->rules[0].own);
  ASSERT_EQ(seen->rules[0].alerts.size(), 2U);
  EXPECT_EQ(seen->rules[0].alerts[0].labels.at("pod"), "a");  // in a fixed order
  EXPECT_EQ(seen->rules[1].name, "Named");
  EXPECT_FALSE(seen->rules[1].own);
  EXPECT_EQ(seen->rules[1].last_error, "bad join");
}

TEST(PrometheusViewTest, AFailedAnswerIsAnErrorAndNotAnEmptyOne) {
  for (const char* text : {R"({"status": "error", "errorType": "bad_data", "error": "no"})",
                           R"({"status": "success"})", R"([])", R"("x")"}) {
    EXPECT_FALSE(view_rules(json::parse(text), "r", "ns", {})) << text;
    EXPECT_FALSE(view_query(json::parse(text), "up")) << text;
  }
}

TEST(PrometheusViewTest, ReadsVectorsScalarsAndValuesThatAreNoNumbers) {
  const auto vector =
      view_query(json::parse(R"({"status": "success", "data": {"resultType": "vector", "result": [
        {"metric": {"pod": "a"}, "value": [1, "0.25"]}, {"metric": {}, "value": [1, "NaN"]},
        {"metric": {}, "value": [1, "+Inf"]}]}})"),
                 "x");
  ASSERT_TRUE(vector);
  ASSERT_EQ(vector->samples.size(), 3U);
  EXPECT_EQ(vector->samples[0].value, 0.25);
  EXPECT_EQ(vector->samples[0].labels.at("pod"), "a");
  EXPECT_TRUE(std::isnan(vector->samples[1].value));
  EXPECT_TRUE(std::isinf(vector->samples[2].value));
  const auto scalar = view_query(
      json::parse(R"({"status": "success", "data": {"resultType": "scalar", "result": [1, "3"]}})"),
      "x");
  ASSERT_TRUE(scalar);
  EXPECT_EQ(scalar->samples.at(0).value, 3);
  EXPECT_FALSE(view_query(
      json::parse(R"({"status": "success", "data": {"resultType": "matrix", "result": []}})"),
      "x"));
}

TEST(PrometheusViewTest, DeliveriesAreReadLineByLineAndABadLineIsAnError) {
  const auto seen = view_deliveries(
      "{\"seq\":3,\"instance\":\"i\",\"receiver\":\"webhook\",\"status\":\"firing\",\"groupKey\":"
      "\"g\",\"alerts\":[{\"status\":\"firing\",\"labels\":{\"alertname\":\"A\","
      "\"namespace\":\"ns\"}}]}\n\n");
  ASSERT_TRUE(seen);
  ASSERT_EQ(seen->size(), 1U);
  EXPECT_EQ(seen->front().instance, "i");
  EXPECT_EQ(seen->front().delivery.seq, 3U);
  EXPECT_TRUE(concerns(seen->front().delivery, "ns"));
  EXPECT_FALSE(concerns(seen->front().delivery, "other"));
  EXPECT_FALSE(view_deliveries("{\"seq\":\"x\"}\n"));
  EXPECT_FALSE(view_deliveries("<html>"));
}

}  // namespace plimsoll::engine::prometheus

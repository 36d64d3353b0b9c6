#include "scenarios/engine/prometheus/rules.hpp"

#include <gtest/gtest.h>

namespace plimsoll::engine::prometheus {
using nlohmann::json;

RuleFile file() {
  return {"oom", json::parse(R"({"groups": [{"name": "g", "rules": [
    {"alert": "Killed", "expr": "x", "annotations": {"plimsoll_note": "shorter"}},
    {"record": "y", "expr": "z"}]}]})")};
}

TEST(RulesTest, OnlyAlertingRulesGetTheRunsLabel) {
  auto rules = file();
  label_rules(rules, "r1");
  const auto& group = rules.groups["groups"][0]["rules"];
  EXPECT_EQ(group[0]["labels"]["plimsoll_run"], "r1");
  EXPECT_FALSE(group[1].contains("labels"));
}

TEST(RulesTest, NamesAndNotesComeFromTheAlertingRules) {
  EXPECT_EQ(alert_names({file()}), std::vector<std::string>{"Killed"});
  EXPECT_EQ(rule_notes({file()}), std::vector<std::string>{"Killed: shorter"});
}

json loaded(const std::string& run, const std::string& health) {
  json rule{{"name", "Killed"},
            {"health", health},
            {"lastError", "bad"},
            {"labels", {{"plimsoll_run", run}}},
            {"alerts", json::array()}};
  return {{"status", "success"},
          {"data", {{"groups", json::array({{{"name", "g"}, {"rules", json::array({rule})}}})}}}};
}

TEST(RulesTest, RulesAreLoadedWhenTheRunsOwnAreThereAndDoNotFail) {
  EXPECT_EQ(why_not_loaded(loaded("r1", "ok"), {"Killed"}, "r1"), "");
  EXPECT_EQ(why_not_loaded(loaded("r1", "unknown"), {"Killed"}, "r1"), "");
  EXPECT_EQ(why_not_loaded(loaded("r1", "err"), {"Killed"}, "r1"),
            "alert Killed does not evaluate: bad");
  EXPECT_EQ(why_not_loaded(loaded("another", "ok"), {"Killed"}, "r1"),
            "alert Killed is not in /api/v1/rules");
}

TEST(RulesTest, AFileThatIsNoRuleFileIsABadInput) {
  const auto missing = load_rule_files({"/no/such/rules.yaml"});
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("/no/such/rules.yaml"), std::string::npos);
}

}  // namespace plimsoll::engine::prometheus

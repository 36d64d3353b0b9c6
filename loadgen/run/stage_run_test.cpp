// A whole run with stages: exact counts, phase by phase, up to what is printed.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "loadgen/result/report.hpp"
#include "loadgen/testing/whole_run.hpp"

namespace plimsoll::loadgen::run {
namespace {

using namespace std::chrono_literals;

TEST(StageRunTest, NamedStepsArePhasesWithCountsOfTheirOwn) {
  testing::ScriptedServer server(testing::always(testing::response(200, "x")));
  plan::Options options;
  options.url = server.url();
  options.stages = {{50ms, {400}, true, "calm"}, {50ms, {1600}, true, "busy"}, {25ms, {0}}};
  options.connections = 4;
  const auto result = testing::load(options);
  ASSERT_EQ(result.phases.size(), 3u);
  EXPECT_EQ(result.phases[0].record.counts.scheduled, 20u);
  EXPECT_EQ(result.phases[1].record.counts.scheduled, 80u);
  EXPECT_EQ(result.phases[2].record.counts.scheduled, 20u);
  EXPECT_EQ(server.requests(), 120u);
  const auto json = nlohmann::json::parse(to_json(*make_plan(options), result));
  EXPECT_EQ(json["phases"][1]["name"], "busy");
  EXPECT_EQ(json["phases"][1]["rate"]["from"], 1600);
  EXPECT_EQ(json["phases"][1]["requests"]["completed"], 80);
  EXPECT_EQ(json["phases"][2]["name"], "stage 3");
  EXPECT_DOUBLE_EQ(json["rate"]["requested"], 960);
  EXPECT_NE(result::to_text(*make_plan(options), result, false).find("\nbusy "), std::string::npos);
}

}  // namespace
}  // namespace plimsoll::loadgen::run

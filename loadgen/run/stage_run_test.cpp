// Whole runs with stages and shapes: exact counts, phase by phase.
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
  options.stages = {{200ms, {100}, true, "calm"}, {200ms, {400}, true, "busy"}, {100ms, {0}}};
  options.connections = 4;
  const auto result = testing::load(options);
  ASSERT_EQ(result.phases.size(), 3u);
  EXPECT_EQ(result.phases[0].record.counts.scheduled, 20u);
  EXPECT_EQ(result.phases[1].record.counts.scheduled, 80u);
  EXPECT_EQ(result.phases[2].record.counts.scheduled, 20u);
  EXPECT_EQ(server.requests(), 120u);
  const auto json = nlohmann::json::parse(to_json(*make_plan(options), result));
  EXPECT_EQ(json["phases"][1]["name"], "busy");
  EXPECT_EQ(json["phases"][1]["rate"]["from"], 400);
  EXPECT_EQ(json["phases"][1]["requests"]["completed"], 80);
  EXPECT_EQ(json["phases"][2]["name"], "stage 3");
  EXPECT_DOUBLE_EQ(json["rate"]["requested"], 240);
  EXPECT_NE(result::to_text(*make_plan(options), result, false).find("\nbusy "), std::string::npos);
}

result::RunResult shaped(const testing::ScriptedServer& server, const char* text,
                         units::Duration duration) {
  plan::Options options;
  options.url = server.url();
  options.shape = plan::ShapeOption{text, *schedule::parse_shape(text)};
  options.duration = duration;
  options.connections = 8;
  options.threads = 2;
  return testing::load(options);
}

TEST(StageRunTest, ASpikeIsAPhaseOfItsOwn) {
  testing::ScriptedServer server(testing::always(testing::response(200, "x")));
  const auto result = shaped(server, "spike:base=50/s,peak=500/s,at=200ms,for=100ms", 400ms);
  ASSERT_EQ(result.phases.size(), 3u);
  EXPECT_EQ(result.phases[0].record.counts.scheduled, 10u);
  EXPECT_EQ(result.phases[1].record.counts.scheduled, 50u);
  EXPECT_EQ(result.phases[2].record.counts.scheduled, 5u);
  EXPECT_EQ(server.requests(), 65u);
}

TEST(StageRunTest, ASineSendsItsMeanOverAWholePeriod) {
  testing::ScriptedServer server(testing::always(testing::response(200, "x")));
  const auto result = shaped(server, "sine:mean=300/s,amplitude=300/s,period=200ms", 400ms);
  EXPECT_EQ(result.totals.counts.scheduled, 120u);
  EXPECT_EQ(server.requests(), 120u);
}

}  // namespace
}  // namespace plimsoll::loadgen::run

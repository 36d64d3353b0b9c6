#include "membloat/result.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace plimsoll::membloat {
namespace {

constexpr std::uint64_t kMi = 1024 * 1024;

Plan plan_of(std::uint64_t goal, bool past_limit = false) {
  Plan plan;
  plan.of_usage = true;
  plan.goal = goal;
  plan.past_limit = past_limit;
  plan.limit = 256 * kMi;
  plan.asked = "some";
  return plan;
}

Measured reached(std::uint64_t bytes) {
  Measured measured;
  measured.reached = bytes;
  measured.usage = bytes;
  measured.cgroup_version = 1;
  return measured;
}

TEST(ResultTest, WithinHalfAPercentagePointIsReached) {
  const auto plan = plan_of(230 * kMi);
  EXPECT_EQ(judge(plan, reached(230 * kMi + kMi)).code, ExitCode::kPassed);
  EXPECT_EQ(judge(plan, reached(230 * kMi - 2 * kMi)).code, ExitCode::kInconclusive);
  EXPECT_EQ(judge(plan, reached(240 * kMi)).reason,
            "the container uses 10Mi more without membloat");
}

TEST(ResultTest, SurvivingAWantedKillIsInconclusive) {
  const auto plan = plan_of(300 * kMi, true);
  auto measured = reached(255 * kMi);
  EXPECT_EQ(judge(plan, measured).code, ExitCode::kInconclusive);
  measured.oom_kills = 1;
  EXPECT_EQ(judge(plan, measured).reason,
            "the kernel killed another process of this container instead");
}

TEST(ResultTest, SignalsAndTroubleKeepTheirExitCode) {
  const auto plan = plan_of(230 * kMi);
  auto measured = reached(10 * kMi);
  measured.stopped = inconclusive("no memory left");
  EXPECT_EQ(judge(plan, measured).reason, "no memory left");
  measured.ended = cli::Ending{ExitCode::kInterrupted, "stopped by a signal before its time"};
  EXPECT_EQ(judge(plan, measured).code, ExitCode::kInterrupted);
}

TEST(ResultTest, AShapeIsJudgedByItsHighestLevelAndNotByItsLast) {
  const auto plan = plan_of(230 * kMi);
  auto measured = reached(200 * kMi);
  measured.shaped = 200 * kMi;  // the goal itself was not asked for yet
  EXPECT_EQ(judge(plan, measured).code, ExitCode::kPassed);
  measured.reached = 180 * kMi;
  EXPECT_EQ(judge(plan, measured).code, ExitCode::kInconclusive);
}

TEST(ResultTest, AMissedHeartbeatIsAnAbortionAndAClosedInputIsNot) {
  const auto plan = plan_of(230 * kMi);
  auto measured = reached(230 * kMi);
  measured.ended = cli::Ending{ExitCode::kAborted, "the heartbeat is missing"};
  EXPECT_EQ(judge(plan, measured).outcome, "aborted");
  measured.ended = cli::Ending{std::nullopt, "standard input was closed"};
  EXPECT_EQ(judge(plan, measured).code, ExitCode::kPassed);
}

TEST(ResultTest, JsonHasTheDocumentedKeys) {
  const auto plan = plan_of(230 * kMi);
  auto measured = reached(230 * kMi);
  measured.limit_hits = 7;
  measured.node_oom_kills = 0;
  auto json = nlohmann::json::parse(to_json(plan, measured, judge(plan, measured)));
  EXPECT_EQ(json["schema"], "plimsoll.membloat/v1");
  for (const auto* key : {"requested_bytes", "reached_bytes", "resident_bytes", "peak_bytes",
                          "duration_s", "node_oom_kills", "exit_code"})
    EXPECT_TRUE(json[key].is_number()) << key;
  EXPECT_EQ(json["cgroup"]["version"], 1);
  EXPECT_EQ(json["cgroup"]["limit_bytes"], 256 * kMi);
  EXPECT_EQ(json["cgroup"]["usage_bytes"], 230 * kMi);
  EXPECT_EQ(json["cgroup"]["failcnt"], 7);
  EXPECT_EQ(json["cgroup"]["oom_kills"], 0);
  measured.cgroup_version = 2;
  json = nlohmann::json::parse(to_json(plan, measured, judge(plan, measured)));
  EXPECT_EQ(json["cgroup"]["max_events"], 7);
  EXPECT_FALSE(json["cgroup"].contains("failcnt"));
}

TEST(ResultTest, TheFileWrittenBeforeTheKillHasNoExitCodeYet) {
  const auto plan = plan_of(300 * kMi, true);
  auto measured = reached(255 * kMi);
  measured.about_to_exceed = true;
  const auto json = nlohmann::json::parse(to_json(plan, measured, judge(plan, measured)));
  EXPECT_EQ(json["outcome"], "about to exceed the limit");
  EXPECT_TRUE(json["exit_code"].is_null());
}

}  // namespace
}  // namespace plimsoll::membloat

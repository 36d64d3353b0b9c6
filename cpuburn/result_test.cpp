#include "cpuburn/result.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace plimsoll::cpuburn {
namespace {

Plan plan_of(double cores, std::optional<double> limit, bool on_purpose) {
  Plan plan;
  plan.cores = cores;
  plan.limit_cores = limit;
  plan.past_limit = limit && cores >= *limit;
  plan.on_purpose = on_purpose;
  plan.asked = "some";
  return plan;
}

Measured got(double cores, const Plan& plan) {
  Measured measured;
  measured.requested_cores = plan.cores;
  measured.attainable_cores = std::min(plan.cores, plan.limit_cores.value_or(plan.cores));
  measured.achieved_cores = cores;
  measured.limit_cores = plan.limit_cores;
  measured.throttling = cgroup::CpuStat{100, 0, 0};
  return measured;
}

TEST(ResultTest, ReachingTheAimPasses) {
  const auto plan = plan_of(0.4, 0.5, true);
  EXPECT_EQ(judge(plan, got(0.399, plan)).code, ExitCode::kPassed);
}

TEST(ResultTest, BeingHeldAtTheLimitOnPurposePasses) {
  const auto plan = plan_of(0.75, 0.5, true);
  const auto verdict = judge(plan, got(0.5, plan));
  EXPECT_EQ(verdict.code, ExitCode::kPassed);
  EXPECT_EQ(verdict.outcome, "held at the limit");
}

// On a busy node the rest of the container or a neighbour may take a part of each period.
TEST(ResultTest, BeingThrottledInMostPeriodsIsBeingHeldAtTheLimit) {
  const auto plan = plan_of(0.75, 0.5, true);
  auto measured = got(0.46, plan);
  measured.throttling = cgroup::CpuStat{100, 50, 4.5};
  EXPECT_EQ(judge(plan, measured).code, ExitCode::kPassed);
  measured.throttling = cgroup::CpuStat{100, 49, 4.5};
  EXPECT_EQ(judge(plan, measured).code, ExitCode::kInconclusive);
}

TEST(ResultTest, NotEvenReachingTheLimitIsInconclusive) {
  const auto plan = plan_of(0.75, 0.5, true);
  EXPECT_EQ(judge(plan, got(0.3, plan)).code, ExitCode::kInconclusive);
}

TEST(ResultTest, CoresAboveTheLimitAreNotReachedAndTheLimitIsNamed) {
  const auto plan = plan_of(1, 0.5, false);
  const auto verdict = judge(plan, got(0.5, plan));
  EXPECT_EQ(verdict.code, ExitCode::kInconclusive);
  EXPECT_NE(verdict.reason.find("limit of 500m"), std::string::npos);
}

TEST(ResultTest, ThrottlingByTheRestOfTheContainerIsTheReason) {
  const auto plan = plan_of(0.4, 0.5, true);
  auto measured = got(0.25, plan);
  measured.throttling = cgroup::CpuStat{100, 90, 4.5};
  measured.cgroup_cores = 0.5;
  const auto verdict = judge(plan, measured);
  EXPECT_EQ(verdict.code, ExitCode::kInconclusive);
  EXPECT_EQ(verdict.reason,
            "throttled: other processes of this container used 250m of its limit of 500m");
}

TEST(ResultTest, WithoutThrottlingTheNeighboursAreTheReason) {
  const auto plan = plan_of(0.9, std::nullopt, false);
  EXPECT_EQ(judge(plan, got(0.5, plan)).reason,
            "other load on this node took the CPUs (not throttled)");
}

TEST(ResultTest, AnInterruptionOutranksTheRest) {
  const auto plan = plan_of(0.4, 0.5, true);
  auto measured = got(0.1, plan);
  measured.ended = cli::Ending{ExitCode::kTerminated, "stopped by a signal before its time"};
  EXPECT_EQ(judge(plan, measured).code, ExitCode::kTerminated);
  EXPECT_EQ(judge(plan, measured).outcome, "interrupted");
}

TEST(ResultTest, AMissedHeartbeatIsAnAbortion) {
  const auto plan = plan_of(0.4, 0.5, true);
  auto measured = got(0.4, plan);
  measured.ended = cli::Ending{ExitCode::kAborted, "the heartbeat is missing"};
  EXPECT_EQ(judge(plan, measured).code, ExitCode::kAborted);
  EXPECT_EQ(judge(plan, measured).outcome, "aborted");
}

TEST(ResultTest, AClosedStandardInputIsAnEndThatIsJudgedAsUsual) {
  const auto plan = plan_of(0.4, 0.5, true);
  auto measured = got(0.4, plan);
  measured.ended = cli::Ending{std::nullopt, "standard input was closed"};
  EXPECT_EQ(judge(plan, measured).code, ExitCode::kPassed);
  EXPECT_EQ(judge(plan, measured).reason,
            "the aim was reached, and then standard input was closed");
  measured.achieved_cores = 0.2;
  EXPECT_EQ(judge(plan, measured).code, ExitCode::kInconclusive);
}

// A square of 150 % and 0 % of a limit of 500m: half the time at the limit.
TEST(ResultTest, WithAShapeTheLimitCutsOffOnlyWhatIsAboveIt) {
  const auto plan = plan_of(0.75, 0.5, true);
  auto measured = got(0.25, plan);
  measured.requested_cores = 0.375;
  measured.attainable_cores = 0.25;
  EXPECT_EQ(judge(plan, measured).outcome, "held at the limit");
  measured.achieved_cores = 0.2;
  EXPECT_EQ(judge(plan, measured).code, ExitCode::kInconclusive);
}

TEST(ResultTest, JsonHasTheDocumentedKeys) {
  const auto plan = plan_of(0.4, 0.5, true);
  auto measured = got(0.4, plan);
  measured.cgroup_version = 2;
  measured.threads = 1;
  measured.duration_s = 5;
  measured.pressure = cgroup::Pressure{12.5, 3};
  const auto json = nlohmann::json::parse(to_json(plan, measured, judge(plan, measured)));
  EXPECT_EQ(json["schema"], "plimsoll.cpuburn/v1");
  EXPECT_EQ(json["requested_cores"], 0.4);
  EXPECT_EQ(json["achieved_cores"], 0.4);
  EXPECT_EQ(json["duration_s"], 5.0);
  EXPECT_EQ(json["threads"], 1);
  EXPECT_EQ(json["cgroup"]["version"], 2);
  EXPECT_EQ(json["cgroup"]["limit_cores"], 0.5);
  EXPECT_EQ(json["cgroup"]["periods"], 100);
  EXPECT_EQ(json["cgroup"]["throttled_periods"], 0);
  EXPECT_EQ(json["cgroup"]["throttled_seconds"], 0.0);
  EXPECT_EQ(json["pressure"]["some_avg10"], 12.5);
}

TEST(ResultTest, WhatIsNotKnownIsNullAndNotZero) {
  const auto plan = plan_of(0.4, std::nullopt, false);
  Measured measured;
  const auto json = nlohmann::json::parse(to_json(plan, measured, judge(plan, measured)));
  EXPECT_TRUE(json["cgroup"]["version"].is_null());
  EXPECT_TRUE(json["cgroup"]["limit_cores"].is_null());
  EXPECT_TRUE(json["cgroup"]["periods"].is_null());
  EXPECT_TRUE(json["pressure"].is_null());
}

}  // namespace
}  // namespace plimsoll::cpuburn

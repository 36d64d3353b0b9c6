// What follows from counts: plans, saturation, verdicts, reports.
#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "core/latency/v2.hpp"
#include "loadgen/result/report.hpp"

namespace plimsoll::loadgen::result {
namespace {

using namespace std::chrono_literals;

plan::Options options(double rate = 0) {
  plan::Options options;
  options.url = "http://h/";
  if (rate > 0) options.rate = units::Rate{rate};
  return options;
}

TEST(PlanTest, DefaultsAreTenSecondsAndConnectionsByLoop) {
  const auto closed = make_plan(options());
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->duration, 10s);
  EXPECT_EQ(closed->connections, 10u);
  EXPECT_FALSE(closed->open_loop);
  const auto open = make_plan(options(100));
  EXPECT_EQ(open->connections, 64u);
  EXPECT_DOUBLE_EQ(open->profile.total(), 1000);
}

TEST(PlanTest, StagesRampFromTheRateAfterTheWarmUp) {
  auto given = options(100);
  given.warmup = 5s;
  given.stages = {{10s, {300}}, {20s, {300}}};
  const auto plan = make_plan(given);
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->phases.size(), 3u);
  EXPECT_EQ(plan->phases[1].start, 5s);
  EXPECT_EQ(*plan->phases[1].from_rate, 100);
  EXPECT_EQ(*plan->phases[1].to_rate, 300);
  EXPECT_DOUBLE_EQ(plan->profile.total(), 500 + 2000 + 6000);
}

TEST(PlanTest, ContradictionsAreRefused) {
  const auto refused = [](auto change, double rate = 0) {
    auto given = options(rate);
    change(given);
    const auto plan = make_plan(given);
    return !plan && plan.error().category == ErrorCategory::kInvalidInput;
  };
  EXPECT_TRUE(refused([](plan::Options& o) { o.stages = {{1s, {1}}}, o.duration = 1s; }));
  EXPECT_TRUE(refused([](plan::Options& o) { o.stages = {{1s, {1}}}, o.warmup = 1s; }));
  EXPECT_TRUE(refused([](plan::Options& o) { o.stages = {{1s, {0}}}; }));
  EXPECT_TRUE(refused([](plan::Options& o) { o.max_queue = 1; }));
  EXPECT_TRUE(refused([](plan::Options& o) { o.arrivals = schedule::ArrivalKind::kPoisson; }));
  EXPECT_TRUE(refused([](plan::Options& o) { o.requests = 0; }));
  EXPECT_TRUE(refused([](plan::Options& o) { o.connections = 0; }));
  EXPECT_TRUE(refused([](plan::Options& o) { o.threads = 0; }));
  EXPECT_TRUE(refused([](plan::Options& o) { o.duration = 0s; }));
  EXPECT_TRUE(refused([](plan::Options& o) { o.timeout = 0s; }));
  EXPECT_TRUE(refused([](plan::Options& o) { o.duration = units::Duration::max(); }));
  EXPECT_TRUE(refused([](plan::Options& o) { o.stages = {{4000h, {1}}, {4800h, {1}}}; }));
  EXPECT_TRUE(refused([](plan::Options& o) { o.rate = units::Rate{0}; }));
  EXPECT_TRUE(refused([](plan::Options& o) { o.abort_grace = 1s; }));
  const auto with_grace = [](units::Duration grace) {
    return [grace](plan::Options& o) {
      o.abort_rules.push_back(*load_result::Threshold::parse("errors>5%"));
      o.abort_grace = grace;
    };
  };
  EXPECT_FALSE(refused(with_grace(9s)));
  EXPECT_TRUE(refused(with_grace(10s)));
}

SaturationInputs calm(const latency::Histogram& lag) { return {&lag, &lag, 0, 0.5, 10, 0, 0}; }

TEST(SaturationTest, AnIdleGeneratorIsTrusted) {
  latency::Histogram lag;
  lag.record(50'000, 10'000);
  EXPECT_FALSE(assess(calm(lag)).saturated);
}

TEST(SaturationTest, LateRequestsAreTheGeneratorsFault) {
  latency::Histogram lag;
  lag.record(50'000, 9'800);
  lag.record(30'000'000, 200);
  const auto late = assess(calm(lag));
  EXPECT_TRUE(late.saturated);
  EXPECT_NE(late.reason.find("picked up late"), std::string::npos);
}

TEST(SaturationTest, LatenessThatHardlyMattersToTheLatencyIsForgiven) {
  latency::Histogram lag;
  latency::Histogram latency;
  lag.record(30'000'000, 1000);
  latency.record(400'000'000, 1000);
  auto inputs = calm(lag);
  inputs.latency = &latency;
  EXPECT_FALSE(assess(inputs).saturated);
}

// Stopped for one second of a hundred: p99 hardly moves.
TEST(SaturationTest, OneLongStallIsSeen) {
  latency::Histogram lag;
  lag.record(50'000, 99'000);
  for (int i = 0; i < 1000; ++i) lag.record(i * 1'000'000);
  EXPECT_TRUE(assess(calm(lag)).saturated);
}

TEST(SaturationTest, AFullCpuAndThrottlingAreSeen) {
  const latency::Histogram none;
  auto inputs = calm(none);
  inputs.busiest_thread_cpu = 0.99;
  EXPECT_TRUE(assess(inputs).saturated);
  inputs.duration_s = 0.01;
  EXPECT_FALSE(assess(inputs).saturated);
  inputs = calm(none);
  inputs.stalled_seconds = 1;
  EXPECT_TRUE(assess(inputs).saturated);
  inputs = calm(none);
  inputs.throttled_periods = 20;
  inputs.throttled_seconds = 0.5;
  const auto throttled = assess(inputs);
  EXPECT_TRUE(throttled.saturated);
  EXPECT_NE(throttled.reason.find("20 periods"), std::string::npos);
}

RunResult good() {
  RunResult result;
  result.totals.counts.scheduled = result.totals.counts.sent = result.totals.counts.completed = 100;
  result.totals.status[200] = 100;
  result.totals.latency.record(2'000'000, 100);
  result.duration_s = 10;
  result.phases.resize(1);
  return result;
}

TEST(VerdictTest, TheGravestFindingDecides) {
  const std::vector broken{*load_result::Threshold::parse("p99<1ms")};
  auto result = good();
  judge(result,
        {*load_result::Threshold::parse("p99<3ms"), *load_result::Threshold::parse("rate>=10/s")});
  EXPECT_EQ(result.verdict, Verdict::kPassed);
  EXPECT_EQ(result.exit_code, ExitCode::kPassed);

  result = good();
  judge(result, broken);
  EXPECT_EQ(result.exit_code, ExitCode::kFailed);
  EXPECT_NE(result.reason.find("p99<1ms"), std::string::npos);

  result = good();
  result.generator.saturation = {true, "slow"};
  judge(result, broken);
  EXPECT_EQ(result.verdict, Verdict::kInconclusive);
  EXPECT_EQ(result.exit_code, ExitCode::kInconclusive);

  result = good();
  result.generator.saturation = {true, "slow"};
  result.aborted_by = "errors>50%";
  judge(result, broken);
  EXPECT_EQ(result.exit_code, ExitCode::kAborted);

  result.signal = SIGINT;
  result.thresholds.clear();
  judge(result, broken);
  EXPECT_EQ(result.verdict, Verdict::kInterrupted);
  EXPECT_EQ(result.exit_code, ExitCode::kInterrupted);
}

TEST(VerdictTest, NoDataIsNeverAPass) {
  RunResult result;
  judge(result, {*load_result::Threshold::parse("p99<1s")});
  EXPECT_EQ(result.verdict, Verdict::kInconclusive);
  ASSERT_EQ(result.thresholds.size(), 1u);
  EXPECT_FALSE(result.thresholds[0].ok);
  EXPECT_FALSE(result.thresholds[0].value);
}

TEST(ReportTest, JsonHasTheKeysOfTheSchema) {
  const auto plan = make_plan(options(10));
  auto result = good();
  judge(result, {*load_result::Threshold::parse("p99<3ms")});
  result.phases[0].phase = plan->phases[0];
  const auto json = nlohmann::json::parse(to_json(*plan, result));
  EXPECT_EQ(json["schema"], "plimsoll.loadgen/v1");
  EXPECT_EQ(json["requests"]["completed"], 100);
  EXPECT_EQ(json["requests"]["unfinished"], 0);
  EXPECT_EQ(json["status"]["200"], 100);
  EXPECT_TRUE(json["errors"].empty());
  for (const auto* key : {"latency_ns", "service_time_ns", "send_lag_ns", "schedule_lag_ns"})
    for (const auto* value : {"count", "min", "mean", "stddev", "p50", "p75", "p90", "p95", "p99",
                              "p99_9", "p99_99", "max"})
      EXPECT_TRUE(json[key][value].is_number()) << key << value;
  EXPECT_EQ(json["rate"]["requested"], 10.0);
  EXPECT_EQ(json["rate"]["achieved"], 10.0);
  EXPECT_EQ(json["duration_s"], 10.0);
  for (const auto* key :
       {"cpu_seconds", "max_rss_bytes", "throttled_periods", "saturated", "reason"})
    EXPECT_TRUE(json["generator"].contains(key)) << key;
  EXPECT_EQ(json["thresholds"][0]["ok"], true);
  EXPECT_EQ(json["verdict"], "passed");
  const auto histogram = latency::decode_v2_base64(json["histogram"]["latency"].get<std::string>());
  ASSERT_TRUE(histogram);
  EXPECT_EQ(histogram->count(), 100);
}

TEST(ReportTest, TextNamesWhatFailed) {
  const auto plan = make_plan(options(10));
  auto result = good();
  result.totals.counts.failed = 1;
  result.totals.errors[index(net::ErrorKind::kTimeout)] = 1;
  judge(result, {*load_result::Threshold::parse("p99<1ms")});
  const auto text = to_text(*plan, result, false);
  EXPECT_NE(text.find("timeout: 1"), std::string::npos) << text;
  EXPECT_NE(text.find("FAILED  p99<1ms  (measured 2.00ms)"), std::string::npos) << text;
  EXPECT_NE(text.find("verdict     failed"), std::string::npos) << text;
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace plimsoll::loadgen::result

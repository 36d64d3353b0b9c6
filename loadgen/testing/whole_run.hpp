// For tests: whole runs of loadgen in this process, with the rules of conservation checked each
// time.
#pragma once
#include <gtest/gtest.h>

#include <stdexcept>

#include "loadgen/run/run.hpp"
#include "loadgen/testing/scripted_server.hpp"

namespace plimsoll::loadgen::testing {

inline plan::Options closed_loop(const ScriptedServer& server, std::uint64_t requests,
                                 std::uint64_t connections = 1) {
  plan::Options options;
  options.url = server.url();
  options.requests = requests;
  options.connections = connections;
  return options;
}

inline void expect_conserved(const stats::PhaseStatistics& record) {
  const auto& counts = record.counts;
  EXPECT_EQ(counts.scheduled, counts.sent + counts.dropped);
  EXPECT_EQ(counts.sent, counts.completed + counts.failed + counts.unfinished());
  EXPECT_LE(counts.completed + counts.failed, counts.sent);
  const auto count = [](const latency::Histogram& histogram) {
    return static_cast<std::uint64_t>(histogram.count());
  };
  EXPECT_EQ(count(record.latency), counts.completed);
  EXPECT_EQ(count(record.service_time), counts.completed);
  EXPECT_EQ(count(record.send_lag), counts.sent);
  EXPECT_EQ(count(record.schedule_lag), counts.scheduled);
  EXPECT_EQ(count(record.failed_latency), counts.failed);
  std::uint64_t by_status = 0;
  for (const auto n : record.status) by_status += n;
  EXPECT_EQ(by_status, counts.completed);
  std::uint64_t by_kind = 0;
  for (const auto n : record.errors) by_kind += n;
  EXPECT_EQ(by_kind, counts.failed);
}

inline result::RunResult load(const plan::Options& options) {
  const auto plan = plan::make_plan(options);
  if (!plan) throw std::runtime_error(plan.error().message);
  auto result = run::run(*plan, {}).value();
  expect_conserved(result.totals);
  stats::Counts series;
  for (const auto& point : result.series) {
    series.sent += point.sent;
    series.completed += point.completed;
    series.failed += point.failed;
  }
  stats::Counts phases;
  for (const auto& part : result.phases) {
    expect_conserved(part.record);
    phases.add(part.record.counts);
  }
  EXPECT_EQ(series.sent, phases.sent);
  EXPECT_EQ(series.completed, phases.completed);
  EXPECT_EQ(series.failed, phases.failed);
  return result;
}

inline std::uint64_t errors(const result::RunResult& result, net::ErrorKind kind) {
  return result.totals.errors[index(kind)];
}

}  // namespace plimsoll::loadgen::testing

// What is counted where, what a second reports, and how threads are merged.
#include "loadgen/stats/thread_statistics.hpp"

#include <gtest/gtest.h>

#include "core/latency/v2.hpp"

namespace plimsoll::loadgen::stats {
namespace {

constexpr RequestKey kWarmup{0, 1};
constexpr RequestKey kMain{1, 1};

// A warm-up and a main phase, two entries.
class ThreadStatisticsTest : public ::testing::Test {
 protected:
  void complete(RequestKey key, std::int64_t latency, unsigned status = 200) {
    statistics_.scheduled(key, 1);
    statistics_.sent(key, 2);
    statistics_.completed(key, {status, latency, latency - 2, 1000 + latency});
  }
  ThreadStatistics statistics_{{true, false}, 2};
};

TEST_F(ThreadStatisticsTest, ARequestCountsWithItsPhaseAndItsEntry) {
  complete(kMain, 100);
  complete(kMain, 200, 503);
  statistics_.scheduled(kMain, 1);
  statistics_.dropped(kMain);
  statistics_.transferred(kMain, 10, 20);
  statistics_.retried(kMain);
  const auto result = statistics_.take_result();
  for (const auto* part : {&result.phases[1], &result.mix[1]}) {
    EXPECT_EQ(part->counts.scheduled, 3u);
    EXPECT_EQ(part->counts.sent, 2u);
    EXPECT_EQ(part->counts.completed, 2u);
    EXPECT_EQ(part->counts.server_errors, 1u);
    EXPECT_EQ(part->counts.dropped, 1u);
    EXPECT_EQ(part->counts.stale_retries, 1u);
    EXPECT_EQ(part->counts.bytes_received, 20u);
    EXPECT_EQ(part->status[503], 1u);
    EXPECT_EQ(part->latency.max(), 200);
    EXPECT_EQ(part->last_end, 1200);
  }
  EXPECT_EQ(result.phases[0].counts.scheduled, 0u);
  EXPECT_EQ(result.mix[0].counts.scheduled, 0u);
}

TEST_F(ThreadStatisticsTest, TheMixLeavesTheWarmUpOut) {
  complete(kWarmup, 100);
  const auto result = statistics_.take_result();
  EXPECT_EQ(result.phases[0].counts.completed, 1u);
  EXPECT_EQ(result.mix[1].counts.completed, 0u);
}

TEST_F(ThreadStatisticsTest, AFailureKeepsTheFirstDetailOfItsKind) {
  statistics_.failed(kMain, {net::ErrorKind::kTls, "first"}, 5);
  statistics_.failed(kMain, {net::ErrorKind::kTls, "second"}, 6);
  const auto result = statistics_.take_result();
  EXPECT_EQ(result.phases[1].errors[index(net::ErrorKind::kTls)], 2u);
  EXPECT_EQ(result.phases[1].error_details[index(net::ErrorKind::kTls)], "first");
  EXPECT_EQ(result.phases[1].failed_latency.count(), 2);
}

TEST_F(ThreadStatisticsTest, ASecondReportsWhatItHasAdded) {
  complete(kWarmup, 100);
  statistics_.report(0, 3, 4);
  complete(kMain, 200);
  complete(kMain, 300, 500);
  statistics_.report(1, 0, 0);
  const auto reports = statistics_.reports().take();
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_EQ(reports[0].counts.completed, 1u);
  EXPECT_EQ(reports[0].in_flight, 3u);
  EXPECT_EQ(reports[0].pending, 4u);
  EXPECT_EQ(reports[0].so_far, nullptr);
  EXPECT_EQ(reports[1].counts.completed, 2u);
  EXPECT_EQ(reports[1].counts.server_errors, 1u);
  latency::Histogram latencies;
  ASSERT_TRUE(latency::add_counts(reports[1].latency, latencies));
  EXPECT_EQ(latencies.count(), 2);
  EXPECT_EQ(latencies.min(), 200);
  EXPECT_TRUE(statistics_.reports().take().empty());
}

TEST_F(ThreadStatisticsTest, SnapshotsHoldEverythingSoFar) {
  statistics_.reports().ask_for_snapshots();
  complete(kWarmup, 100);
  statistics_.report(0, 0, 0);
  complete(kMain, 200);
  statistics_.report(1, 5, 6);
  const auto reports = statistics_.reports().take();
  EXPECT_EQ(reports[0].so_far->counts.completed, 1u);
  EXPECT_EQ(reports[1].so_far->counts.completed, 2u);
  EXPECT_EQ(reports[1].so_far->status[200], 2u);
  EXPECT_EQ(reports[1].so_far->latency.count, 2u);
  EXPECT_EQ(reports[1].so_far->pending, 6u);
}

TEST_F(ThreadStatisticsTest, ThreadsAreMerged) {
  complete(kMain, 100);
  ++statistics_.connections().opened;
  ++statistics_.endpoint("a").requests;
  statistics_.pods().add("pod");
  const auto one = statistics_.take_result();
  ThreadResult all;
  all.merge(one);
  all.merge(one);
  EXPECT_EQ(all.phases[1].counts.completed, 2u);
  EXPECT_EQ(all.phases[1].latency.count(), 2);
  EXPECT_EQ(all.mix[1].counts.completed, 2u);
  EXPECT_EQ(all.connections.opened, 2u);
  EXPECT_EQ(all.endpoints.at("a").requests, 2u);
  EXPECT_EQ(all.pods.by_value().at("pod"), 2u);
}

}  // namespace
}  // namespace plimsoll::loadgen::stats

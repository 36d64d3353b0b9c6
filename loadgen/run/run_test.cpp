// Whole runs against a well-behaved server: exact counts, schedules, connections, how a run ends.
#include "loadgen/run/run.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include "loadgen/testing/whole_run.hpp"

namespace plimsoll::loadgen::run {
namespace {

using namespace std::chrono_literals;
using Peer = testing::ScriptedServer::Peer;

TEST(RunTest, ClientAndServerCountTheSame) {
  testing::ScriptedServer server(testing::always(testing::response(200, "hello")));
  auto options = closed_loop(server, 5000, 8);
  options.threads = 2;
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.completed, 5000u);
  EXPECT_EQ(server.requests(), 5000u);
  EXPECT_EQ(server.connections(), 8u);
  EXPECT_EQ(result.connections.opened, 8u);
  EXPECT_EQ(result.totals.status[200], 5000u);
  EXPECT_EQ(result.totals.counts.bytes_received, 5000 * testing::response(200, "hello").size());
  EXPECT_EQ(result.totals.counts.bytes_sent,
            5000 * make_plan(options)->mix.entries[0].request.bytes.size());
  ASSERT_EQ(result.endpoints.size(), 1u);
  EXPECT_EQ(result.endpoints.begin()->second.requests, 5000u);
}

TEST(RunTest, AnOpenLoopSendsExactlyItsSchedule) {
  testing::ScriptedServer server(testing::always(testing::response(200, "")));
  plan::Options options;
  options.url = server.url();
  options.rate = units::Rate{500};
  options.duration = 400ms;
  options.threads = 2;
  options.connections = 4;
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.scheduled, 200u);
  EXPECT_EQ(result.totals.counts.completed, 200u);
  EXPECT_EQ(server.requests(), 200u);
}

TEST(RunTest, ServerErrorsAreCompletedAndCountAsErrors) {
  testing::ScriptedServer server(testing::always(testing::response(503, "no")));
  auto options = closed_loop(server, 10);
  options.thresholds.push_back(*plan::Threshold::parse("errors<50%"));
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.completed, 10u);
  EXPECT_EQ(result.totals.counts.server_errors, 10u);
  EXPECT_EQ(result.totals.status[503], 10u);
  EXPECT_EQ(result.verdict, result::Verdict::kFailed);
  EXPECT_EQ(result.exit_code, ExitCode::kFailed);
}

TEST(RunTest, APortThatIsClosedIsRefusedWithoutSpinning) {
  plan::Options options;
  options.url = "http://127.0.0.1:" + std::to_string(testing::closed_port());
  options.rate = units::Rate{50};
  options.duration = 400ms;
  options.connections = 4;
  const auto open = testing::load(options);
  EXPECT_EQ(testing::errors(open, net::ErrorKind::kConnectRefused), 20u);
  EXPECT_EQ(open.connections.failed, 24u);  // four before the start

  options.rate.reset();
  const auto closed = testing::load(options);
  EXPECT_GE(testing::errors(closed, net::ErrorKind::kConnectRefused), 4u);
  EXPECT_LE(testing::errors(closed, net::ErrorKind::kConnectRefused),
            4u * 7);  // 10, 20, 40, 80, 160, 320 ms
  EXPECT_EQ(closed.exit_code, ExitCode::kInconclusive);
}

TEST(RunTest, ANameWithoutAnAddressIsADnsError) {
  plan::Options options;
  options.url = "http://plimsoll.onion/";  // RFC 7686: never looked up
  options.requests = 2;
  options.connections = 1;
  EXPECT_EQ(testing::errors(testing::load(options), net::ErrorKind::kDns), 2u);
}

TEST(RunTest, NamesAreLookedUp) {
  testing::ScriptedServer server(testing::always(testing::response(200, "")));
  auto options = closed_loop(server, 3);
  options.url.replace(options.url.find("127.0.0.1"), 9, "localhost");
  EXPECT_EQ(testing::load(options).totals.counts.completed, 3u);
}

TEST(RunTest, AConnectionIsReplacedAfterItsShareOfRequests) {
  testing::ScriptedServer server(testing::always(testing::response(200, "x")));
  auto options = closed_loop(server, 10);
  options.connection_requests = 3;
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.completed, 10u);
  EXPECT_EQ(result.connections.opened, 4u);
  EXPECT_EQ(result.connections.recycled + 0u, 3u);
  EXPECT_EQ(server.connections(), 4u);
}

TEST(RunTest, TheLastRequestOfAConnectionSaysSo) {
  std::atomic<int> announced{0};
  testing::ScriptedServer server([&announced](Peer& peer) {
    while (peer.read_request()) {
      announced += peer.request().find("Connection: close\r\n") != std::string::npos ? 1 : 0;
      peer.send(testing::response(200, "x"));
    }
  });
  auto options = closed_loop(server, 6);
  options.connection_requests = 2;
  testing::load(options);
  EXPECT_EQ(announced, 3);
}

TEST(RunTest, ConnectionsAreReplacedAtTheirAge) {
  testing::ScriptedServer server(testing::always(testing::response(200, "x")));
  plan::Options options;
  options.url = server.url();
  options.rate = units::Rate{200};
  options.duration = 500ms;
  options.connections = 2;
  options.connection_age = 100ms;
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.completed, 100u);
  EXPECT_EQ(result.totals.counts.failed, 0u);
  EXPECT_GE(result.connections.recycled, 2u);
  EXPECT_EQ(server.requests(), 100u);
}

TEST(RunTest, LatencyCountsFromThePlannedSendWhileTheServerStalls) {
  std::atomic<int> seen{0};
  testing::ScriptedServer server([&seen](Peer& peer) {
    while (peer.read_request()) {
      if (++seen == 20) std::this_thread::sleep_for(300ms);
      peer.send(testing::response(200, "x"));
    }
  });
  plan::Options options;
  options.url = server.url();
  options.rate = units::Rate{100};
  options.duration = 800ms;
  options.connections = 1;
  const auto result = testing::load(options);
  const auto& totals = result.totals;
  EXPECT_EQ(totals.counts.completed, 80u);
  const auto above = [](const latency::Histogram& histogram, std::int64_t bound) {
    return histogram.count() - histogram.count_at_or_below(bound);
  };
  // 300 ms at 100/s: thirty requests were due, with 300, 290, 280 ... ms to wait.
  EXPECT_GE(above(totals.latency, 100'000'000), 18);
  EXPECT_GE(above(totals.send_lag, 100'000'000), 17);
  EXPECT_GE(totals.latency.max(), 300'000'000);
  EXPECT_GE(totals.service_time.count_at_or_below(100'000'000), 70);
}

TEST(RunTest, AQueueWithALimitDropsWhatIsTooMuch) {
  testing::ScriptedServer server([](Peer& peer) {
    while (peer.read_request()) {
      std::this_thread::sleep_for(50ms);
      peer.send(testing::response(200, "x"));
    }
  });
  plan::Options options;
  options.url = server.url();
  options.rate = units::Rate{200};
  options.duration = 300ms;
  options.connections = 1;
  options.max_queue = 2;
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.scheduled, 60u);
  EXPECT_GE(result.totals.counts.dropped, 30u);
  EXPECT_EQ(server.requests(), result.totals.counts.sent);
}

TEST(RunTest, WhatIsStillWaitingAtTheEndIsDroppedAndWhatIsUnansweredFails) {
  testing::ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.drain();
  });
  plan::Options options;
  options.url = server.url();
  options.rate = units::Rate{100};
  options.duration = 100ms;
  options.timeout = 150ms;
  options.connections = 1;
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.scheduled, 10u);
  EXPECT_EQ(result.totals.counts.completed, 0u);
  EXPECT_GE(result.totals.counts.failed, 1u);
  EXPECT_GE(result.totals.counts.dropped, 6u);
}

TEST(RunTest, TheWarmUpIsAPhaseThatTheTotalsLeaveOut) {
  testing::ScriptedServer server(testing::always(testing::response(200, "x")));
  plan::Options options;
  options.url = server.url();
  options.rate = units::Rate{100};
  options.duration = 300ms;
  options.warmup = 200ms;
  options.connections = 2;
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.scheduled, 30u);
  ASSERT_EQ(result.phases.size(), 2u);
  EXPECT_EQ(result.phases[0].record.counts.scheduled, 20u);
  EXPECT_TRUE(result.phases[0].phase.warmup);
  EXPECT_EQ(server.requests(), 50u);
  EXPECT_NEAR(result.duration_s, 0.3, 0.1);
}

TEST(RunTest, StagesArePhasesWithCountsOfTheirOwn) {
  testing::ScriptedServer server(testing::always(testing::response(200, "x")));
  plan::Options options;
  options.url = server.url();
  options.stages = {{200ms, {200}}, {200ms, {200}}, {200ms, {0}}};
  options.connections = 4;
  const auto result = testing::load(options);
  ASSERT_EQ(result.phases.size(), 3u);
  EXPECT_EQ(result.phases[0].record.counts.scheduled, 20u);
  EXPECT_EQ(result.phases[1].record.counts.scheduled, 40u);
  EXPECT_EQ(result.phases[2].record.counts.scheduled, 20u);
  EXPECT_EQ(server.requests(), 80u);
}

TEST(RunTest, ASignalEndsTheRunWithTheResultSoFar) {
  testing::ScriptedServer server([](Peer& peer) {
    int answered = 0;
    while (peer.read_request()) {
      if (++answered == 5) ::kill(::getpid(), SIGTERM);
      if (answered >= 5) return peer.drain();
      peer.send(testing::response(200, "x"));
    }
  });
  auto options = closed_loop(server, 1000);
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.completed, 4u);
  EXPECT_EQ(result.totals.counts.unfinished(), 1u);
  EXPECT_EQ(result.verdict, result::Verdict::kInterrupted);
  EXPECT_EQ(result.exit_code, ExitCode::kTerminated);
}

TEST(RunTest, AnAbortRuleEndsTheRun) {
  testing::ScriptedServer server(testing::always(testing::response(500, "x")));
  plan::Options options;
  options.url = server.url();
  options.rate = units::Rate{50};
  options.duration = 20s;
  options.connections = 1;
  options.abort_rules.push_back(*plan::Threshold::parse("errors>50%"));
  const auto result = testing::load(options);
  EXPECT_EQ(result.exit_code, ExitCode::kAborted);
  EXPECT_LT(result.duration_s, 10);
}

TEST(RunTest, AnAbortRuleIsNotLookedAtBeforeItsGraceIsOver) {
  testing::ScriptedServer server(testing::always(testing::response(500, "x")));
  plan::Options options;
  options.url = server.url();
  options.rate = units::Rate{50};
  options.duration = 20s;
  options.connections = 1;
  options.abort_rules.push_back(*plan::Threshold::parse("errors>50%"));
  options.abort_grace = 2s;
  const auto result = testing::load(options);
  EXPECT_EQ(result.exit_code, ExitCode::kAborted);
  EXPECT_GE(result.duration_s, 2);
  EXPECT_LT(result.duration_s, 15);
}

}  // namespace
}  // namespace plimsoll::loadgen::run

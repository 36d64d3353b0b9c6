// Whole runs against a well-behaved server: exact counts, connections, how a run ends. What depends
// on time is tested on virtual time, in loadgen/client.
#include "loadgen/run/run.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>

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
  options.rate = units::Rate{2000};
  options.duration = 100ms;
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
  options.thresholds.push_back(*load_result::Threshold::parse("errors<50%"));
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.completed, 10u);
  EXPECT_EQ(result.totals.counts.server_errors, 10u);
  EXPECT_EQ(result.totals.status[503], 10u);
  EXPECT_EQ(result.verdict, result::Verdict::kFailed);
  EXPECT_EQ(result.exit_code, ExitCode::kFailed);
}

TEST(RunTest, APortThatIsClosedIsRefused) {
  plan::Options options;
  options.url = "http://127.0.0.1:" + std::to_string(testing::closed_port());
  options.requests = 2;
  options.connections = 1;
  const auto result = testing::load(options);
  EXPECT_EQ(testing::errors(result, net::ErrorKind::kConnectRefused), 2u);
  EXPECT_EQ(result.connections.failed, 3u);  // one before the start
  EXPECT_EQ(result.exit_code, ExitCode::kInconclusive);
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

TEST(RunTest, AConnectionIsRecycledAfterItsShareOfRequests) {
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

// Closes after the request that says it is the last.
void be_polite(Peer& peer) {
  while (peer.read_request()) {
    const bool last = peer.request().find("Connection: close\r\n") != std::string::npos;
    peer.send(testing::response(200, "x", last ? "Connection: close\r\n" : ""));
    if (last) return;
  }
}

TEST(RunTest, NoRequestIsLostWhereConnectionsAreRecycled) {
  testing::ScriptedServer server(be_polite);
  auto options = closed_loop(server, 10);
  options.connection_requests = 3;
  const auto by_requests = testing::load(options);
  EXPECT_EQ(by_requests.totals.counts.completed, 10u);
  EXPECT_EQ(by_requests.totals.counts.stale_retries, 0u);
  EXPECT_EQ(by_requests.connections.recycled, 3u);
  EXPECT_EQ(server.connections(), 4u);

  options = closed_loop(server, 100);
  options.rate = units::Rate{1000};
  options.connection_age = 20ms;
  const auto by_age = testing::load(options);
  EXPECT_EQ(by_age.totals.counts.completed, 100u);
  EXPECT_EQ(by_age.totals.counts.stale_retries, 0u);
  EXPECT_GE(by_age.connections.recycled, 2u);
}

TEST(RunTest, TheWarmUpIsAPhaseThatTheTotalsLeaveOut) {
  testing::ScriptedServer server(testing::always(testing::response(200, "x")));
  plan::Options options;
  options.url = server.url();
  options.rate = units::Rate{500};
  options.duration = 60ms;
  options.warmup = 40ms;
  options.connections = 2;
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.scheduled, 30u);
  ASSERT_EQ(result.phases.size(), 2u);
  EXPECT_EQ(result.phases[0].record.counts.scheduled, 20u);
  EXPECT_TRUE(result.phases[0].phase.warmup);
  EXPECT_EQ(server.requests(), 50u);
  EXPECT_GE(result.duration_s, 0.06);
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
  options.abort_rules.push_back(*load_result::Threshold::parse("errors>50%"));
  const auto result = testing::load(options);
  EXPECT_EQ(result.exit_code, ExitCode::kAborted);
  EXPECT_LT(result.duration_s, 10);
}

}  // namespace
}  // namespace plimsoll::loadgen::run

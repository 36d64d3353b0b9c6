// HTTP/2 against a well-behaved server: counts, streams, bodies, what the request looks like.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>

#include "loadgen/testing/certificates.hpp"
#include "loadgen/testing/scripted_http2.hpp"
#include "loadgen/testing/whole_run.hpp"

namespace plimsoll::loadgen::run {
namespace {

using namespace std::chrono_literals;

plan::Options http2_loop(const testing::ScriptedServer& server, std::uint64_t requests,
                         std::uint64_t streams = 1, std::uint64_t connections = 1) {
  auto options = closed_loop(server, requests, connections);
  options.http2 = true;
  options.streams = streams;
  options.timeout = 3s;
  return options;
}

testing::ScriptedServer::Script answer_all(std::string body = "hello") {
  return testing::ScriptedHttp2::script(
      [body](testing::ScriptedHttp2& server, const testing::ScriptedHttp2::Request& request) {
        server.respond(request.id, 200, body);
      });
}

TEST(Http2Test, ClientAndServerCountTheSameAndConnectionsAreSessions) {
  testing::ScriptedServer server(answer_all());
  auto options = http2_loop(server, 2000, 10, 4);
  options.threads = 2;
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.status[200], 2000u) << result.reason;
  EXPECT_EQ(result.totals.counts.failed, 0u);
  EXPECT_EQ(server.requests(), 2000u);
  EXPECT_EQ(server.connections(), 4u);
  EXPECT_EQ(result.connections.opened, 4u);
  ASSERT_EQ(result.endpoints.size(), 1u);
  EXPECT_EQ(result.endpoints.begin()->second.connections, 4u);
  EXPECT_EQ(result.endpoints.begin()->second.requests, 2000u);
}

TEST(Http2Test, AnOpenLoopSendsExactlyItsSchedule) {
  testing::ScriptedServer server(answer_all());
  auto options = http2_loop(server, 1, 8, 2);
  options.requests.reset();
  options.rate = units::Rate{500};
  options.duration = 400ms;
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.scheduled, 200u);
  EXPECT_EQ(result.totals.counts.completed, 200u);
  EXPECT_EQ(server.requests(), 200u);
}

TEST(Http2Test, StreamsShareAConnectionAtTheSameTime) {
  std::atomic<std::size_t> most{0};
  // Answers only once five requests are open together.
  testing::ScriptedServer server(testing::ScriptedHttp2::script(
      [&most, waiting = std::make_shared<std::vector<std::int32_t>>()](
          testing::ScriptedHttp2& peer, const testing::ScriptedHttp2::Request& request) {
        waiting->push_back(request.id);
        most = std::max(most.load(), peer.most_at_once());
        if (waiting->size() < 5) return;
        for (const auto id : *waiting) peer.respond(id, 200);
        waiting->clear();
      }));
  const auto result = testing::load(http2_loop(server, 50, 5));
  EXPECT_EQ(result.totals.counts.completed, 50u) << result.reason;
  EXPECT_EQ(most, 5u);
  EXPECT_EQ(server.connections(), 1u);
}

TEST(Http2Test, TheServersLimitOfStreamsIsKept) {
  std::atomic<std::size_t> most{0};
  testing::ScriptedServer server(testing::ScriptedHttp2::script(
      {.max_streams = 1},
      [&most](testing::ScriptedHttp2& peer, const testing::ScriptedHttp2::Request& request) {
        most = std::max(most.load(), peer.most_at_once());
        peer.respond(request.id, 200, "x");
      }));
  const auto closed = testing::load(http2_loop(server, 50, 10));
  EXPECT_EQ(closed.totals.counts.completed, 50u) << closed.reason;
  auto options = http2_loop(server, 60, 10);
  options.rate = units::Rate{1000};
  const auto open = testing::load(options);
  EXPECT_EQ(open.totals.counts.completed, 60u) << open.reason;
  EXPECT_EQ(open.totals.counts.failed, 0u);
  EXPECT_EQ(most, 1u);
  EXPECT_EQ(server.requests(), 110u);
  EXPECT_EQ(server.connections(), 2u);
}

TEST(Http2Test, BigBodiesGoThroughBothWaysAndATinyWindowOnlySlowsThem) {
  std::atomic<std::size_t> received{0};
  const std::string big(300'000, 'b');
  testing::ScriptedServer server(testing::ScriptedHttp2::script(
      {.window = 1000},
      [&](testing::ScriptedHttp2& peer, const testing::ScriptedHttp2::Request& request) {
        received += request.body;
        peer.respond(request.id, 200, big);
      }));
  auto options = http2_loop(server, 6, 3);
  options.request.method = "PUT";
  options.request.body.assign(50'000, 'x');
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.completed, 6u) << result.reason;
  EXPECT_EQ(received, 6u * 50'000);
  EXPECT_GT(result.totals.counts.bytes_received, 6u * 300'000);
  EXPECT_GT(result.totals.counts.bytes_sent, 6u * 50'000);
}

TEST(Http2Test, HeadersArriveInLowerCaseAndHostIsTheAuthority) {
  std::mutex mutex;
  std::map<std::string, std::string> headers;
  testing::ScriptedServer server(testing::ScriptedHttp2::script(
      [&](testing::ScriptedHttp2& peer, const testing::ScriptedHttp2::Request& request) {
        const std::lock_guard lock(mutex);
        headers = request.headers;
        peer.respond(request.id, 200);
      }));
  auto options = http2_loop(server, 1);
  options.request.headers = {"Host: shop.example", "X-Request-ID: 7"};
  EXPECT_EQ(testing::load(options).totals.counts.completed, 1u);
  const std::lock_guard lock(mutex);
  EXPECT_EQ(headers[":authority"], "shop.example");
  EXPECT_EQ(headers[":scheme"], "http");
  EXPECT_EQ(headers[":path"], "/");
  EXPECT_EQ(headers["x-request-id"], "7");
  EXPECT_EQ(headers.count("host"), 0u);
}

TEST(Http2Test, HeadAnd204AndInterimAnswersAndTrailersAreOneResponseEach) {
  testing::ScriptedServer server(testing::ScriptedHttp2::script(
      [n = std::make_shared<int>(0)](testing::ScriptedHttp2& peer,
                                     const testing::ScriptedHttp2::Request& request) {
        switch ((*n)++ % 3) {
          case 0:
            return peer.respond(request.id, 204);
          case 1:
            peer.interim(request.id, 103);
            return peer.respond(request.id, 201, "x");
          default:
            return peer.respond_with_trailers(request.id, 200, "with trailers");
        }
      }));
  const auto result = testing::load(http2_loop(server, 30));
  EXPECT_EQ(result.totals.counts.completed, 30u) << result.reason;
  EXPECT_EQ(result.totals.status[204], 10u);
  EXPECT_EQ(result.totals.status[201], 10u);
  EXPECT_EQ(result.totals.status[200], 10u);
  EXPECT_EQ(result.totals.status[103], 0u);
}

TEST(Http2Test, TheAnswerToHeadHasNoBodyWhateverItsLengthSays) {
  testing::ScriptedServer server(testing::ScriptedHttp2::script(
      [](testing::ScriptedHttp2& peer, const testing::ScriptedHttp2::Request& request) {
        peer.head_only(request.id, 200, "content-length", "1000");
      }));
  auto options = http2_loop(server, 3);
  options.request.method = "HEAD";
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.status[200], 3u) << result.reason;
}

TEST(Http2Test, OverTlsItIsAgreedOnByAlpn) {
  testing::Certificates certificates;
  const auto identity = certificates.make();
  testing::ScriptedServer server(
      answer_all(), {testing::ScriptedServer::Listen::kIpv4, server_tls(identity, {.alpn = "h2"})});
  auto options = http2_loop(server, 100, 10);
  options.tls.ca_file = certificates.ca();
  EXPECT_EQ(testing::load(options).totals.counts.completed, 100u);

  testing::ScriptedServer old(testing::always(testing::response(200, "x")),
                              {testing::ScriptedServer::Listen::kIpv4, server_tls(identity)});
  options.url = old.url();
  options.requests = 2;
  options.streams = 1;
  const auto refused = testing::load(options);
  EXPECT_EQ(testing::errors(refused, net::ErrorKind::kTls), 2u);
  EXPECT_EQ(refused.totals.error_details[index(net::ErrorKind::kTls)],
            "the server does not offer h2");
}

TEST(Http2Test, ASessionIsReplacedAfterItsShareOfRequests) {
  testing::ScriptedServer server(answer_all());
  auto options = http2_loop(server, 100, 4);
  options.connection_requests = 10;
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.completed, 100u) << result.reason;
  EXPECT_EQ(result.totals.counts.failed, 0u);
  EXPECT_EQ(result.totals.counts.stale_retries, 0u);
  EXPECT_GE(result.connections.recycled, 5u);
  EXPECT_EQ(server.connections(), result.connections.opened);
  EXPECT_EQ(server.requests(), 100u);
}

TEST(Http2Test, StreamsNeedHttp2) {
  plan::Options options;
  options.url = "http://localhost/";
  options.streams = 2;
  const auto plan = make_plan(options);
  ASSERT_FALSE(plan);
  EXPECT_NE(plan.error().message.find("--http2"), std::string::npos);
}

}  // namespace
}  // namespace plimsoll::loadgen::run

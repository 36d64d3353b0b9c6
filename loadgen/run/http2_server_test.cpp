// What an HTTP/2 server may do to a load generator, and what the result must then say.
#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>

#include <atomic>
#include <chrono>
#include <memory>

#include "loadgen/testing/scripted_http2.hpp"
#include "loadgen/testing/whole_run.hpp"

namespace plimsoll::loadgen::run {
namespace {

using namespace std::chrono_literals;
using Peer = testing::ScriptedServer::Peer;
using Request = testing::ScriptedHttp2::Request;

plan::Options http2_loop(const testing::ScriptedServer& server, std::uint64_t requests,
                         std::uint64_t streams = 1) {
  auto options = closed_loop(server, requests, 1);
  options.http2 = true;
  options.streams = streams;
  options.timeout = 2s;
  return options;
}

// Of one connection each, since a script runs once a connection.
testing::ScriptedServer::Script per_connection(
    std::function<testing::ScriptedHttp2::Answer()> make) {
  return [make = std::move(make)](Peer& peer) { testing::ScriptedHttp2::serve(peer, {}, make()); };
}

std::string detail(const result::RunResult& result, net::ErrorKind kind) {
  return result.totals.error_details[index(kind)];
}

TEST(Http2ServerTest, StreamsAboveTheLastOfAGoawayAreSentAgain) {
  // Handles two requests of each connection, and says goodbye to the rest.
  testing::ScriptedServer server(per_connection([] {
    return [n = 0](testing::ScriptedHttp2& peer, const Request& request) mutable {
      if (++n == 3) peer.goaway(request.id - 2);
      if (n < 3) peer.respond(request.id, 200, "x");
    };
  }));
  auto options = http2_loop(server, 10);
  options.request.method = "POST";  // safe all the same: it was not handled
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.completed, 10u) << result.reason;
  EXPECT_EQ(result.totals.counts.failed, 0u);
  EXPECT_EQ(result.totals.counts.stale_retries, 4u);
  EXPECT_EQ(result.connections.opened, 5u);
  EXPECT_EQ(server.requests(), 14u);
}

TEST(Http2ServerTest, StreamsBelowTheLastOfAGoawayAreStillAnswered) {
  testing::ScriptedServer server(per_connection([] {
    return [n = 0, held = std::vector<std::int32_t>()](testing::ScriptedHttp2& peer,
                                                       const Request& request) mutable {
      held.push_back(request.id);
      if (++n < 4) return;
      peer.goaway(request.id);
      for (const auto id : held) peer.respond(id, 200, "x");
    };
  }));
  const auto result = testing::load(http2_loop(server, 40, 4));
  EXPECT_EQ(result.totals.counts.completed, 40u) << result.reason;
  EXPECT_EQ(result.totals.counts.failed, 0u);
  EXPECT_EQ(result.totals.counts.stale_retries, 0u);
  EXPECT_EQ(result.connections.opened, 10u);
}

TEST(Http2ServerTest, AResetStreamIsAResetAndTheConnectionGoesOn) {
  testing::ScriptedServer server(
      testing::ScriptedHttp2::script([](testing::ScriptedHttp2& peer, const Request& request) {
        if (request.id % 4 == 1) return peer.reset(request.id, NGHTTP2_INTERNAL_ERROR);
        peer.respond(request.id, 200, "x");
      }));
  auto options = http2_loop(server, 10);
  const auto result = testing::load(options);
  EXPECT_EQ(testing::errors(result, net::ErrorKind::kReset), 5u);
  EXPECT_EQ(detail(result, net::ErrorKind::kReset), "RST_STREAM INTERNAL_ERROR");
  EXPECT_EQ(result.totals.counts.completed, 5u);
  EXPECT_EQ(server.connections(), 1u);
}

TEST(Http2ServerTest, ARefusedStreamIsSentAgainButNotForEver) {
  testing::ScriptedServer sometimes(testing::ScriptedHttp2::script(
      [n = std::make_shared<int>(0)](testing::ScriptedHttp2& peer, const Request& request) {
        if ((*n)++ % 2 == 0) return peer.reset(request.id, NGHTTP2_REFUSED_STREAM);
        peer.respond(request.id, 200, "x");
      }));
  const auto result = testing::load(http2_loop(sometimes, 10));
  EXPECT_EQ(result.totals.counts.completed, 10u) << result.reason;
  EXPECT_EQ(result.totals.counts.stale_retries, 10u);
  EXPECT_EQ(sometimes.requests(), 20u);

  testing::ScriptedServer always_refuses(
      testing::ScriptedHttp2::script([](testing::ScriptedHttp2& peer, const Request& request) {
        peer.reset(request.id, NGHTTP2_REFUSED_STREAM);
      }));
  EXPECT_EQ(testing::errors(testing::load(http2_loop(always_refuses, 2)), net::ErrorKind::kReset),
            2u);
  EXPECT_EQ(always_refuses.requests(), 8u);
}

TEST(Http2ServerTest, AnEndInMidBodyIsTruncatedAndOneWithoutAWordIsClosedEarly) {
  testing::ScriptedServer part(
      testing::ScriptedHttp2::script([](testing::ScriptedHttp2& peer, const Request& request) {
        peer.announce_only(request.id, 200);
        peer.stop();
      }));
  EXPECT_EQ(testing::errors(testing::load(http2_loop(part, 2)), net::ErrorKind::kTruncated), 2u);
  testing::ScriptedServer silent(testing::ScriptedHttp2::script(
      [](testing::ScriptedHttp2& peer, const Request&) { peer.stop(); }));
  EXPECT_EQ(testing::errors(testing::load(http2_loop(silent, 2)), net::ErrorKind::kClosedEarly),
            2u);
}

TEST(Http2ServerTest, NoAnswerIsATimeoutAndTheStreamIsCancelled) {
  testing::ScriptedServer server(
      testing::ScriptedHttp2::script([](testing::ScriptedHttp2& peer, const Request& request) {
        if (request.id > 3) peer.respond(request.id, peer.open() == 1 ? 200 : 500, "x");
      }));
  auto options = http2_loop(server, 4);
  options.timeout = 80ms;
  const auto result = testing::load(options);
  EXPECT_EQ(testing::errors(result, net::ErrorKind::kTimeout), 2u);
  EXPECT_EQ(result.totals.status[200], 2u);  // the server saw both cancelled
  EXPECT_EQ(server.connections(), 1u);
}

TEST(Http2ServerTest, NonsenseInsteadOfSettingsIsAProtocolErrorWithTheReason) {
  testing::ScriptedServer http1([](Peer& peer) {
    peer.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    peer.drain();
  });
  const auto result = testing::load(http2_loop(http1, 2));
  EXPECT_EQ(testing::errors(result, net::ErrorKind::kProtocol), 2u);
  EXPECT_NE(detail(result, net::ErrorKind::kProtocol).find("expected SETTINGS"), std::string::npos)
      << detail(result, net::ErrorKind::kProtocol);
}

TEST(Http2ServerTest, NonsenseLaterIsAProtocolErrorToo) {
  testing::ScriptedServer server([](Peer& peer) {
    peer.send(std::string("\0\0\0\4\0\0\0\0\0", 9));  // empty SETTINGS
    char piece[4096];
    while (peer.read_some(piece, sizeof piece) > 0)
      peer.send(std::string("\0\0\1\0\0\0\0\0\7x", 10));  // DATA on a stream that is not open
  });
  const auto result = testing::load(http2_loop(server, 2));
  EXPECT_EQ(result.totals.counts.completed, 0u);
  EXPECT_EQ(testing::errors(result, net::ErrorKind::kProtocol), 2u);
  EXPECT_FALSE(detail(result, net::ErrorKind::kProtocol).empty());
}

TEST(Http2ServerTest, ALengthThatTheBodyDoesNotKeepIsAProtocolError) {
  testing::ScriptedServer server(
      testing::ScriptedHttp2::script([](testing::ScriptedHttp2& peer, const Request& request) {
        peer.announce_only(request.id, 200, "bad name", "x");
      }));
  EXPECT_EQ(testing::errors(testing::load(http2_loop(server, 2)), net::ErrorKind::kProtocol), 2u);
}

TEST(Http2ServerTest, AServerThatNeverGreetsIsAConnectTimeoutAndSaysWhere) {
  testing::ScriptedServer server([](Peer& peer) { peer.drain(); });
  auto options = http2_loop(server, 2);
  options.timeout = 60ms;
  const auto result = testing::load(options);
  EXPECT_EQ(testing::errors(result, net::ErrorKind::kConnectTimeout), 2u);
  EXPECT_NE(detail(result, net::ErrorKind::kConnectTimeout).find("SETTINGS"), std::string::npos);
}

TEST(Http2ServerTest, AClosedPortFailsTheRequestsOfEveryStream) {
  plan::Options options;
  options.url = "http://127.0.0.1:" + std::to_string(testing::closed_port());
  options.http2 = true;
  options.streams = 4;
  options.connections = 1;
  options.rate = units::Rate{50};
  options.duration = 200ms;
  const auto result = testing::load(options);
  EXPECT_EQ(testing::errors(result, net::ErrorKind::kConnectRefused), 10u);
}

TEST(Http2ServerTest, APingIsAnswered) {
  std::atomic<int> pings{0};
  testing::ScriptedServer server(
      testing::ScriptedHttp2::script([&](testing::ScriptedHttp2& peer, const Request& request) {
        pings = peer.pings_answered();
        peer.ping();
        peer.respond(request.id, 200, "x");
      }));
  EXPECT_EQ(testing::load(http2_loop(server, 10)).totals.counts.completed, 10u);
  EXPECT_GE(pings, 8);
}

TEST(Http2ServerTest, AnAnswerBeforeTheWholeBodyWasSentCounts) {
  // With a window of nothing the body can never be sent.
  testing::ScriptedServer server(testing::ScriptedHttp2::script(
      {.window = 0, .early = true},
      [](testing::ScriptedHttp2& peer, const Request& request) { peer.respond(request.id, 413); }));
  auto options = http2_loop(server, 3);
  options.request.method = "POST";
  options.request.body.assign(1'000'000, 'x');
  const auto result = testing::load(options);
  EXPECT_EQ(server.connections(), 1u);
  EXPECT_EQ(result.totals.status[413], 3u) << result.reason;
}

TEST(Http2ServerTest, AnIdleConnectionThatTheServerClosesIsNotAnError) {
  testing::ScriptedServer server(
      testing::ScriptedHttp2::script([](testing::ScriptedHttp2& peer, const Request& request) {
        peer.respond(request.id, 200, "x");
        peer.stop();
      }));
  plan::Options options;
  options.url = server.url();
  options.http2 = true;
  options.rate = units::Rate{20};
  options.duration = 400ms;
  options.connections = 2;
  options.streams = 3;
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.completed, 8u) << result.reason;
  EXPECT_EQ(result.totals.counts.failed, 0u);
  EXPECT_EQ(server.requests(), 8u);
}

}  // namespace
}  // namespace plimsoll::loadgen::run

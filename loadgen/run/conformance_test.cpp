// What a server may do to a load generator, and what the result must then say. Real sockets and
// short real times, but no assertion on tight timing.
#include <gtest/gtest.h>

#include <chrono>

#include "loadgen/testing/whole_run.hpp"

namespace plimsoll::loadgen::run {
namespace {

using namespace std::chrono_literals;
using Peer = testing::ScriptedServer::Peer;

TEST(ConformanceTest, ClosingAfterEveryThirdResponseWithTheHeaderCostsNothing) {
  testing::ScriptedServer server([](Peer& peer) {
    for (int i = 1; i <= 3 && peer.read_request(); ++i)
      peer.send(testing::response(200, "x", i == 3 ? "Connection: close\r\n" : ""));
  });
  const auto result = testing::load(closed_loop(server, 10));
  EXPECT_EQ(result.totals.counts.completed, 10u);
  EXPECT_EQ(result.totals.counts.failed, 0u);
  EXPECT_EQ(result.totals.counts.stale_retries, 0u);
  EXPECT_EQ(result.connections.opened, 4u);
  EXPECT_EQ(server.requests(), 10u);
}

// Answers three requests, takes a fourth, and closes without a word.
void close_silently(Peer& peer) {
  for (int i = 1; i <= 4 && peer.read_request(); ++i)
    if (i <= 3) peer.send(testing::response(200, "x"));
}

TEST(ConformanceTest, ARequestOnAConnectionThatWasClosedIsSentAgain) {
  testing::ScriptedServer server(close_silently);
  const auto result = testing::load(closed_loop(server, 10));
  EXPECT_EQ(result.totals.counts.completed, 10u);
  EXPECT_EQ(result.totals.counts.failed, 0u);
  EXPECT_EQ(result.totals.counts.sent, 10u);
  EXPECT_EQ(result.totals.counts.stale_retries, 3u);
  EXPECT_EQ(server.requests(), 13u);
}

// It closes in the very moment of its answer: whether the close is seen with it or after the next
// request was written, no request is lost and none is answered twice.
TEST(ConformanceTest, AnAnswerThatEndsTheConnectionWithoutSayingSoLosesNothing) {
  testing::ScriptedServer server([](Peer& peer) {
    if (peer.read_request()) peer.send(testing::response(200, "x"));
  });
  const auto result = testing::load(closed_loop(server, 10));
  EXPECT_EQ(result.totals.counts.completed, 10u);
  EXPECT_EQ(result.totals.counts.failed, 0u);
  EXPECT_EQ(server.requests(), 10u);
}

TEST(ConformanceTest, APostIsNotSentAgain) {
  testing::ScriptedServer server(close_silently);
  auto options = closed_loop(server, 10);
  options.request.method = "POST";
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.completed, 8u);
  EXPECT_EQ(testing::errors(result, net::ErrorKind::kClosedEarly) +
                testing::errors(result, net::ErrorKind::kReset),
            2u);
  EXPECT_EQ(result.totals.counts.stale_retries, 0u);
  EXPECT_EQ(server.requests(), 10u);
}

TEST(ConformanceTest, AnIdleConnectionThatTheServerClosesIsNotAnError) {
  testing::ScriptedServer server([](Peer& peer) {
    if (peer.read_request()) peer.send(testing::response(200, "x"));
  });
  plan::Options options;
  options.url = server.url();
  options.rate = units::Rate{20};
  options.duration = 400ms;
  options.connections = 2;
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.completed, 8u);
  EXPECT_EQ(result.totals.counts.failed, 0u);
  EXPECT_EQ(server.requests(), 8u);
  EXPECT_EQ(server.connections(), result.connections.opened);
}

TEST(ConformanceTest, ResetInMidBodyIsAReset) {
  testing::ScriptedServer server([](Peer& peer) {
    if (!peer.read_request()) return;
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart");
    peer.reset();
  });
  const auto result = testing::load(closed_loop(server, 3));
  EXPECT_EQ(result.totals.counts.completed, 0u);
  EXPECT_EQ(testing::errors(result, net::ErrorKind::kReset), 3u);
  EXPECT_EQ(result.verdict, result::Verdict::kInconclusive);
  EXPECT_EQ(result.exit_code, ExitCode::kInconclusive);
}

TEST(ConformanceTest, EndShortOfTheLengthIsTruncated) {
  testing::ScriptedServer server([](Peer& peer) {
    if (!peer.read_request()) return;
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart");
    peer.finish();
    peer.drain();
  });
  const auto result = testing::load(closed_loop(server, 3));
  EXPECT_EQ(testing::errors(result, net::ErrorKind::kTruncated), 3u);
}

TEST(ConformanceTest, ClosingWithoutAnAnswerIsClosedEarly) {
  testing::ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.finish();
    peer.drain();
  });
  const auto result = testing::load(closed_loop(server, 3));
  EXPECT_EQ(testing::errors(result, net::ErrorKind::kClosedEarly), 3u);
  EXPECT_EQ(result.totals.counts.stale_retries, 0u);
}

TEST(ConformanceTest, NoAnswerIsATimeoutAndItsTimeIsKept) {
  testing::ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.drain();
  });
  auto options = closed_loop(server, 2);
  options.timeout = 50ms;
  const auto result = testing::load(options);
  EXPECT_EQ(testing::errors(result, net::ErrorKind::kTimeout), 2u);
  EXPECT_GE(result.totals.failed_latency.min(), 50'000'000);
}

TEST(ConformanceTest, ABodyThatDripsEndsAtTheTotalTimeout) {
  testing::ScriptedServer server([](Peer& peer) {
    if (!peer.read_request()) return;
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    while (!peer.closed_within(5ms)) peer.send("x");
  });
  auto options = closed_loop(server, 1);
  options.timeout = 60ms;
  EXPECT_EQ(testing::errors(testing::load(options), net::ErrorKind::kTimeout), 1u);
}

class ReusedTest : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(ReusedTest, TheConnectionGoesOnAfterTheResponse) {
  const auto [method, text] = GetParam();
  testing::ScriptedServer server(testing::always(text));
  auto options = closed_loop(server, 20);
  options.request.method = method;
  options.timeout = 2s;
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.completed, 20u);
  EXPECT_EQ(result.connections.opened, 1u);
  EXPECT_EQ(server.requests(), 20u);
}

INSTANTIATE_TEST_SUITE_P(
    Responses, ReusedTest,
    ::testing::Values(
        std::pair{"GET", "HTTP/1.1 204 No Content\r\nContent-Length: 10\r\n\r\n"},
        std::pair{"GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n"},
        std::pair{"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"},
        std::pair{"GET",
                  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                  "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"},
        std::pair{"GET",
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n"
                  "0\r\nTrailer: 1\r\n\r\n"},
        std::pair{"POST", "HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n"}));

TEST(ConformanceTest, ChunksMayArriveByteByByte) {
  const std::string text =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  testing::ScriptedServer server([&text](Peer& peer) {
    while (peer.read_request())
      for (const char c : text) peer.send({&c, 1});
  });
  const auto result = testing::load(closed_loop(server, 10));
  EXPECT_EQ(result.totals.counts.completed, 10u);
  EXPECT_EQ(result.totals.counts.bytes_received, 10 * text.size());
}

TEST(ConformanceTest, ABodyWithoutALengthRunsToTheEnd) {
  testing::ScriptedServer server([](Peer& peer) {
    if (!peer.read_request()) return;
    peer.send("HTTP/1.0 200 OK\r\n\r\n");
    peer.send(std::string(100'000, 'x'));
    peer.finish();
    peer.drain();
  });
  const auto result = testing::load(closed_loop(server, 3));
  EXPECT_EQ(result.totals.counts.completed, 3u);
  EXPECT_EQ(result.connections.opened, 3u);
}

TEST(ConformanceTest, ALargeBodyIsReadToItsEnd) {
  const std::string body(3'000'000, 'b');
  testing::ScriptedServer server(testing::always(testing::response(200, body)));
  const auto result = testing::load(closed_loop(server, 5));
  EXPECT_EQ(result.totals.counts.completed, 5u);
  EXPECT_EQ(result.totals.counts.bytes_received, 5 * testing::response(200, body).size());
}

TEST(ConformanceTest, BytesBehindAResponseAreNotTheNextAnswer) {
  testing::ScriptedServer server(
      testing::always(testing::response(200, "x") + testing::response(500, "smuggled")));
  const auto result = testing::load(closed_loop(server, 5));
  EXPECT_EQ(result.totals.status[200], 5u);
  EXPECT_EQ(result.totals.status[500], 0u);
  EXPECT_EQ(result.connections.opened, 5u);
}

TEST(ConformanceTest, NonsenseIsAProtocolError) {
  testing::ScriptedServer server([](Peer& peer) {
    if (peer.read_request()) peer.send("SSH-2.0-OpenSSH_9.2\r\n");
    peer.drain();
  });
  EXPECT_EQ(testing::errors(testing::load(closed_loop(server, 2)), net::ErrorKind::kProtocol), 2u);
}

TEST(ConformanceTest, AnEndlessHeaderIsAProtocolError) {
  testing::ScriptedServer server([](Peer& peer) {
    if (!peer.read_request()) return;
    peer.send("HTTP/1.1 200 OK\r\nX: ");
    peer.send(std::string(1'000'000, 'x'));
    peer.drain();
  });
  EXPECT_EQ(testing::errors(testing::load(closed_loop(server, 2)), net::ErrorKind::kProtocol), 2u);
}

TEST(ConformanceTest, AnAnswerBeforeTheWholeBodyWasSentCounts) {
  testing::ScriptedServer server([](Peer& peer) {
    if (!peer.read_request()) return;
    peer.send(testing::response(413, "", "Connection: close\r\n"));
    peer.finish();
    peer.drain();
  });
  auto options = closed_loop(server, 2);
  options.request.method = "POST";
  options.request.body.assign(20'000'000, 'x');
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.status[413], 2u);
}

// One connection, and a server that does not answer for 300 ms: what was due meanwhile has waited.
}  // namespace
}  // namespace plimsoll::loadgen::run

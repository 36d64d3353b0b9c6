// Whole runs with --mix: what the server sees, and the statistics by name.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

#include "loadgen/result/report.hpp"
#include "loadgen/testing/whole_run.hpp"

namespace plimsoll::loadgen::run {
namespace {

using namespace std::chrono_literals;
using Peer = testing::ScriptedServer::Peer;

// Every request as it came in: head and body.
struct Seen {
  std::mutex mutex;
  std::vector<std::string> requests;
  void add(Peer& peer) {
    auto whole = peer.request() + peer.read_body();
    const std::lock_guard lock(mutex);
    requests.push_back(std::move(whole));
  }
};

plan::Options mix_options(const testing::ScriptedServer& server, std::string_view text) {
  plan::Options options;
  options.url = server.url();
  auto mix = request::parse_mix("mix.json", text);
  if (!mix) throw std::runtime_error(mix.error().message);
  options.mix = *mix;
  return options;
}

TEST(MixRunTest, StatisticsByNameAreTheServersCounts) {
  Seen seen;
  testing::ScriptedServer server([&seen](Peer& peer) {
    while (peer.read_request()) {
      seen.add(peer);
      peer.send(testing::response(peer.request().starts_with("POST") ? 503 : 200, "x"));
    }
  });
  auto options = mix_options(server, R"({"requests": [
      {"name": "read", "weight": 3, "path": "/read"},
      {"name": "write", "method": "POST", "path": "/write", "body": {"id": "{{uuid}}"}}]})");
  options.rate = units::Rate{1000};
  options.duration = 300ms;
  options.warmup = 100ms;
  options.connections = 4;
  options.threads = 2;
  const auto result = testing::load(options);
  ASSERT_EQ(result.mix.size(), 2u);
  stats::Counts sum;
  for (const auto& record : result.mix) {
    testing::expect_conserved(record);
    sum.add(record.counts);
  }
  EXPECT_EQ(sum.completed, 300u);  // without the warm-up's 100
  EXPECT_EQ(sum.bytes_sent, result.totals.counts.bytes_sent);
  EXPECT_EQ(sum.bytes_received, result.totals.counts.bytes_received);
  EXPECT_EQ(result.mix[0].status[200], result.mix[0].counts.completed);
  EXPECT_EQ(result.mix[1].counts.server_errors, result.mix[1].counts.completed);
  EXPECT_GT(result.mix[1].counts.completed, 0u);
  std::set<std::string> bodies;
  std::uint64_t writes = 0;
  for (const auto& request : seen.requests) {
    if (!request.starts_with("POST /write HTTP/1.1\r\n")) continue;
    ++writes;
    bodies.insert(request.substr(request.find("\r\n\r\n")));
  }
  EXPECT_EQ(seen.requests.size(), 400u);
  EXPECT_GE(writes, result.mix[1].counts.completed);
  EXPECT_EQ(bodies.size(), writes);

  const auto plan = make_plan(options);
  const auto json = nlohmann::json::parse(to_json(*plan, result));
  EXPECT_EQ(json["mix"]["read"]["requests"]["completed"], result.mix[0].counts.completed);
  EXPECT_EQ(json["mix"]["write"]["status"]["503"], result.mix[1].counts.completed);
  EXPECT_EQ(json["mix"]["write"]["latency_ns"]["count"], result.mix[1].counts.completed);
  EXPECT_NE(result::to_text(*plan, result, false).find("\nwrite "), std::string::npos);
}

TEST(MixRunTest, EveryRowAndNumberComesOnce) {
  Seen seen;
  testing::ScriptedServer server([&seen](Peer& peer) {
    while (peer.read_request()) {
      seen.add(peer);
      peer.send(testing::response(200, "x"));
    }
  });
  auto options = mix_options(server, R"({"requests": [{"name": "a",
      "path": "/{{data.id}}/{{seq}}"}]})");
  options.mix->data =
      std::make_shared<const request::DataFile>(*request::parse_data("d.csv", "id\np\nq\nr\ns\n"));
  options.requests = 8;
  options.connections = 1;
  testing::load(options);
  ASSERT_EQ(seen.requests.size(), 8u);
  for (std::size_t i = 0; i < seen.requests.size(); ++i) {
    const auto line = fmt::format("GET /{}/{} HTTP", "pqrs"[i % 4], i);
    EXPECT_TRUE(seen.requests[i].starts_with(line)) << seen.requests[i];
  }
}

TEST(MixRunTest, OnlyIdempotentRequestsAreSentAgainAndWithTheSameBytes) {
  Seen seen;
  testing::ScriptedServer server([&seen](Peer& peer) {
    // Answers one request, and closes on the next.
    if (!peer.read_request()) return;
    seen.add(peer);
    peer.send(testing::response(200, "x"));
    if (!peer.read_request()) return;
    seen.add(peer);
    peer.finish();
  });
  auto options = mix_options(server, R"({"requests": [
      {"name": "put", "method": "PUT", "path": "/{{uuid}}", "body": "{{seq}}"}]})");
  options.requests = 3;
  options.connections = 1;
  const auto puts = testing::load(options);
  EXPECT_EQ(puts.totals.counts.completed, 3u);
  EXPECT_EQ(puts.mix[0].counts.stale_retries, 2u);
  ASSERT_EQ(seen.requests.size(), 5u);
  EXPECT_EQ(seen.requests[1], seen.requests[2]);
  EXPECT_EQ(seen.requests[3], seen.requests[4]);

  options.mix->requests[0].request.method = "POST";
  const auto posts = testing::load(options);
  EXPECT_EQ(posts.mix[0].counts.stale_retries, 0u);
  EXPECT_EQ(testing::errors(posts, net::ErrorKind::kClosedEarly), 1u);
}

TEST(MixRunTest, HeadRequestsOfAMixHaveNoBody) {
  testing::ScriptedServer server([](Peer& peer) {
    while (peer.read_request())
      // The very header of the answer to GET, which must not lend it its body.
      peer.send(peer.request().starts_with("HEAD")
                    ? "HTTP/1.1 200 Whatever\r\nContent-Length: 5\r\n\r\n"
                    : testing::response(200, "hello"));
  });
  auto options = mix_options(server, R"({"requests": [
      {"name": "head", "method": "HEAD"}, {"name": "get"}]})");
  options.requests = 100;
  options.connections = 1;
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.completed, 100u);
  EXPECT_GT(result.mix[0].counts.completed, 20u);
  EXPECT_GT(result.mix[1].counts.completed, 20u);
  EXPECT_EQ(server.connections(), 1u);
}

}  // namespace
}  // namespace plimsoll::loadgen::run

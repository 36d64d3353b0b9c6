// Counts by response header: the counter, the parser's part, whole runs.
#include "loadgen/stats/pods.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <nlohmann/json.hpp>

#include "loadgen/http/response_parser.hpp"
#include "loadgen/result/report.hpp"
#include "loadgen/testing/whole_run.hpp"

namespace plimsoll::loadgen::run {
namespace {

using Peer = testing::ScriptedServer::Peer;

TEST(PodCountsTest, CountsValuesAndTheirAbsence) {
  stats::PodCounts pods;
  pods.add("a");
  pods.add("b", 2);
  pods.add("a");
  pods.add("");
  EXPECT_EQ(pods.by_value(), (stats::PodCounts::Counts{{"(none)", 1}, {"a", 2}, {"b", 2}}));
}

TEST(PodCountsTest, TellsABoundedNumberOfValuesApartAndLosesNone) {
  stats::PodCounts pods;
  stats::PodCounts more;
  for (int i = 0; i < 3000; ++i) (i % 2 == 0 ? pods : more).add(fmt::format("pod-{}", i));
  more.add(std::string(5000, 'x'));
  pods.merge(more);
  EXPECT_LE(pods.by_value().size(), stats::PodCounts::kMostValues + 2);
  std::uint64_t sum = 0;
  for (const auto& [value, responses] : pods.by_value()) {
    EXPECT_LE(value.size(), stats::PodCounts::kLongestValue);
    sum += responses;
  }
  EXPECT_EQ(sum, 3001u);
  EXPECT_GT(pods.by_value().at("(other)"), 0u);
}

class WatchedHeaderTest : public ::testing::Test {
 protected:
  std::string value_of(const std::string& text) {
    parser.start(false);
    EXPECT_EQ(parser.consume(text.data(), text.size(), cache).state,
              http::ResponseParser::State::kComplete);
    return std::string(parser.watched());
  }
  http::HeaderCache cache;
  http::ResponseParser parser;
};

TEST_F(WatchedHeaderTest, IsTheSameFromTheCacheAndFromTheParser) {
  cache.watched = "x-pod";
  const auto a = testing::response(200, "hi", "X-POD: alpha\r\n");
  const auto b = testing::response(200, "hi", "x-pod:  beta \r\nX-Pod: second\r\n");
  const auto none = testing::response(200, "hi", "X-Podium: 1\r\n");
  EXPECT_EQ(value_of(a), "alpha");
  EXPECT_EQ(value_of(a), "alpha");
  EXPECT_EQ(value_of(b), "beta");
  EXPECT_EQ(value_of(none), "");
  EXPECT_EQ(value_of(none), "");
  EXPECT_EQ(value_of("HTTP/1.1 103 Early\r\nX-Pod: early\r\n\r\n" + none), "");
  EXPECT_EQ(value_of(a), "alpha");
}

TEST_F(WatchedHeaderTest, IsNotLookedForUnlessAskedTo) {
  EXPECT_EQ(value_of(testing::response(200, "hi", "X-Pod: alpha\r\n")), "");
}

TEST(PodRunTest, EveryResponseIsCountedUnderItsPod) {
  std::atomic<int> next{0};
  testing::ScriptedServer server([&next](Peer& peer) {
    const auto name = fmt::format("X-Pod: pod-{}\r\n", next++ % 2);
    while (peer.read_request()) peer.send(testing::response(200, "x", name));
  });
  auto options = closed_loop(server, 200, 4);
  options.threads = 2;
  options.pod_header = "x-pod";
  const auto result = testing::load(options);
  const auto& pods = result.pods.by_value();
  ASSERT_EQ(pods.size(), 2u);
  EXPECT_EQ(pods.at("pod-0") + pods.at("pod-1"), 200u);
  EXPECT_GT(pods.at("pod-0"), 0u);
  const auto plan = make_plan(options);
  const auto json = nlohmann::json::parse(to_json(*plan, result));
  EXPECT_EQ(json["pods"]["pod-1"], pods.at("pod-1"));
  EXPECT_NE(result::to_text(*plan, result, false).find("pod-1: "), std::string::npos);
}

TEST(PodRunTest, ABytewiseValueDoesNotBreakTheResult) {
  testing::ScriptedServer server(
      testing::always(testing::response(200, "x", "X-Pod: \xff\xfe\r\n")));
  auto options = closed_loop(server, 2);
  options.pod_header = "X-Pod";
  const auto result = testing::load(options);
  const auto json = nlohmann::json::parse(to_json(*make_plan(options), result));
  EXPECT_EQ(json["pods"].size(), 1u);
}

TEST(PodRunTest, AHeaderNameThatCannotBeIsRefused) {
  plan::Options options;
  options.url = "http://h/";
  options.pod_header = "x pod";
  const auto plan = make_plan(options);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().category, ErrorCategory::kInvalidInput);
  EXPECT_NE(plan.error().message.find("--pod-header"), std::string::npos);
}

}  // namespace
}  // namespace plimsoll::loadgen::run

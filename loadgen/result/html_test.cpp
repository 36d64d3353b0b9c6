// The HTML report: what it shows, what its charts are made of, and that no text gets out of its
// place.
#include <gtest/gtest.h>

#include <cmath>

#include "loadgen/result/charts.hpp"
#include "loadgen/result/report.hpp"
#include "loadgen/result/words.hpp"

namespace plimsoll::loadgen::result {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;

plan::Plan plan_for(const std::string& url) {
  plan::Options options;
  options.url = "http://h/";
  options.rate = units::Rate{100};
  auto plan = make_plan(options).value();
  plan.options.url = url;  // as if the parser let everything through
  return plan;
}

RunResult ten_seconds() {
  RunResult result;
  auto& totals = result.totals;
  totals.counts.scheduled = totals.counts.sent = 1000;
  totals.counts.completed = 990;
  totals.counts.failed = 10;
  totals.status[200] = 980;
  totals.status[503] = 10;
  totals.errors[index(net::ErrorKind::kTimeout)] = 10;
  totals.latency.record(20 * kMillisecond, 990);
  totals.service_time.record(19 * kMillisecond, 990);
  totals.send_lag.record(1 * kMillisecond, 1000);
  totals.schedule_lag.record(50'000, 1000);
  totals.failed_latency.record(10'000 * kMillisecond, 10);
  result.duration_s = 10;
  for (std::int64_t second = 0; second < 10; ++second)
    result.series.push_back(
        {second, 100, 99, 1, 20 * kMillisecond, 21 * kMillisecond, 22 * kMillisecond});
  result.phases.resize(1);
  result.endpoints["10.0.0.7:8080"] = {4, 990};
  judge(result, {*load_result::Threshold::parse("p99<250ms"),
                 *load_result::Threshold::parse("errors<0.1%")});
  return result;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

TEST(HtmlReportTest, ShowsVerdictFiguresAndCharts) {
  const auto html = to_html(plan_for("http://shop/cart"), ten_seconds());
  for (const auto* part :
       {"✗ failed</span> GET http://shop/cart", "errors&lt;0.1% does not hold",
        "<th>service time</th>", "<th>failed after</th>", "<td>p99.9</td>", "<td>503</td>",
        "<td>timeout</td><td>10</td><td>1%</td>", "no whole response within the time-out",
        "<td>10.0.0.7:8080</td><td>4</td><td>990</td>", "✓ yes", "latency by percentile"}) {
    EXPECT_NE(html.find(part), html.npos) << part;
  }
  EXPECT_EQ(count(html, "role=\"img\""), 3u);  // percentiles, rates, latencies
}

TEST(HtmlReportTest, LoadsNothingAndRunsNothing) {
  const auto html = to_html(plan_for("http://h/"), ten_seconds());
  for (const auto* part : {"<script", "<link", "<img", "src=", "href=", "url(", "@import", "nan"})
    EXPECT_EQ(html.find(part), html.npos) << part;
}

TEST(HtmlReportTest, HostileTextsStayTexts) {
  const std::string attack = "</title><script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
  auto plan = plan_for("http://h/" + attack);
  plan.options.request.method = attack;
  plan.options.request.headers = {attack + ": x"};
  auto result = ten_seconds();
  result.reason = attack;
  result.generator.saturation = {true, attack};
  result.endpoints[attack] = {1, 1};
  result.totals.errors[index(net::ErrorKind::kTls)] = 1;
  result.totals.error_details[index(net::ErrorKind::kTls)] = attack;
  result.thresholds.push_back({attack, 1.0, attack, false});
  result.phases.resize(2);
  for (auto& part : result.phases) part.phase.name = attack;
  plan.mix.entries.resize(2);
  for (auto& entry : plan.mix.entries) entry.name = attack;
  result.mix.resize(2);
  const auto html = to_html(plan, result);
  EXPECT_EQ(html.find("<script"), html.npos);
  EXPECT_EQ(html.find("<img"), html.npos);
  EXPECT_GE(count(html, "&lt;script&gt;"), 11u);
  EXPECT_NE(html.find("<h2>Mix</h2>"), html.npos);
  EXPECT_EQ(count(html, "<title>"), 1u + count(html, "<rect"));
}

TEST(HtmlReportTest, HeaderValuesAreNotPassedAround) {
  auto plan = plan_for("http://h/");
  plan.options.request.headers = {"Authorization: Bearer secret-token"};
  const auto html = to_html(plan, ten_seconds());
  EXPECT_NE(html.find("Authorization"), html.npos);
  EXPECT_EQ(html.find("secret-token"), html.npos);
}

TEST(HtmlReportTest, ARunWithoutAnyAnswerHasNoChartsOfNothing) {
  RunResult result;
  judge(result, {});
  const auto html = to_html(plan_for("http://h/"), result);
  EXPECT_NE(html.find("no response came"), html.npos);
  EXPECT_EQ(html.find("role=\"img\""), html.npos);
  EXPECT_EQ(html.find("nan"), html.npos);
}

TEST(PercentileLineTest, EachNineHasTheSameWidth) {
  latency::Histogram histogram;
  histogram.record(1 * kMillisecond, 900);
  histogram.record(10 * kMillisecond, 90);
  histogram.record(100 * kMillisecond, 10);
  const auto line = percentile_line(histogram, 3, {6, 8});
  ASSERT_EQ(line.places.size(), 3u);
  EXPECT_TRUE(line.stepped);
  EXPECT_NEAR(line.places[0].first, 0, 1e-9);
  EXPECT_NEAR(line.places[1].first, 1.0 / 3, 1e-9);  // p90
  EXPECT_NEAR(line.places[2].first, 2.0 / 3, 1e-9);  // p99
  EXPECT_NEAR(line.places[0].second, 0, 0.001);
  EXPECT_NEAR(line.places[1].second, 0.5, 0.001);
  EXPECT_NEAR(line.places[2].second, 1, 0.001);
}

TEST(PercentileLineTest, HasNoMorePointsThanTheEyeCanTell) {
  latency::Histogram histogram;
  for (std::int64_t ns = 1; ns < 1'000'000'000; ns += 1 + ns / 3000) histogram.record(ns);
  const auto line = percentile_line(histogram, 5, {0, 9});
  EXPECT_LE(line.places.size(), 4100u);
  EXPECT_NEAR(line.places.back().second, 1, 0.001);
}

TEST(SeriesGroupsTest, ALongRunIsDrawnInGroupsOfItsHighestLatencies) {
  std::vector<SeriesPoint> series;
  for (std::int64_t second = 0; second < 2000; ++second)
    series.push_back({second, 10, second % 2 == 0 ? 10u : 0u, 0, second, 2 * second, 0});
  const auto groups = grouped(series);
  ASSERT_EQ(groups.size(), 1000u);
  EXPECT_EQ(groups[1].start_s, 2);
  EXPECT_EQ(groups[1].sent, 10);
  EXPECT_EQ(groups[1].completed, 5);
  EXPECT_NEAR(groups[1].p99_s, 4e-9, 1e-15);  // of the second that had an answer
}

TEST(SeriesGroupsTest, ASecondWithoutAnAnswerHasNoLatency) {
  const auto groups = grouped({{0, 10, 0, 10, 0, 0, 0}});
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_TRUE(std::isnan(groups[0].p50_s));
}

TEST(ErrorWordsTest, EveryKindIsExplained) {
  for (std::size_t kind = 0; kind < net::kErrorKinds; ++kind)
    EXPECT_FALSE(meaning(static_cast<net::ErrorKind>(kind)).empty()) << net::kErrorNames[kind];
}

}  // namespace
}  // namespace plimsoll::loadgen::result

// Claims about queries, load results and events.
#include <cmath>

#include "core/latency/v2.hpp"
#include "scenarios/engine/judge/judge_test.hpp"

namespace plimsoll::engine::judge {
namespace {

using namespace fixture;

std::string query(const std::string& what, const std::string& temporal_operator) {
  return "    - {id: q, promql: {expr: q, " + what + "}, " + temporal_operator + "}\n";
}
const std::string kWithin = "eventually: {after: load.start, by: 20s}";
const std::string kThroughout = "always: {from: load.start, to: load.end}";

// The answers at the seconds after load.start, the first at 1.
Log answers(const std::vector<std::vector<double>>& list) {
  Log log;
  log.at(10).start("load");
  double t = 10;
  for (const auto& values : list) log.at(++t).answer(values);
  return log;
}

TEST(PromqlTest, ComparesAnyAllOrTheCountOfSamples) {
  struct Row {
    const char* what;
    std::vector<double> samples;
    Verdict verdict;
  };
  const double nan = std::nan("");
  const Row rows[] = {
      {"any: \">0.5\"", {0.1, 0.6}, Verdict::kPass},
      {"any: \">0.5\"", {0.1, 0.2}, Verdict::kFail},
      {"all: \">0.5\"", {0.1, 0.6}, Verdict::kFail},
      {"all: \">0.5\"", {0.6, 0.7}, Verdict::kPass},
      {"count: 2", {0.1, 0.6}, Verdict::kPass},
      {"count: \">=3\"", {0.1, 0.6}, Verdict::kFail},
      {"any: \">0.5\"", {}, Verdict::kInconclusive},
      {"all: \">0.5\"", {}, Verdict::kInconclusive},
      {"count: 0", {}, Verdict::kInconclusive},
      {"count: 0, onEmpty: zero", {}, Verdict::kPass},
      {"any: \">0.5\", onEmpty: fail", {}, Verdict::kFail},
      {"any: \">0.5\"", {nan}, Verdict::kInconclusive},
      {"all: \">0.5\"", {nan, 0.6}, Verdict::kPass},
      {"any: \">0.5\"", {HUGE_VAL}, Verdict::kPass},
  };
  for (const auto& row : rows) {
    std::vector<std::vector<double>> list(21, row.samples);
    EXPECT_EQ(judge::verdict(query(row.what, kWithin), answers(list), 31).verdict, row.verdict)
        << row.what << " of " << row.samples.size();
  }
}

TEST(PromqlTest, PassesAtTheFirstAnswerThatFitsAfterEmptyOnes) {
  const auto q =
      judge::verdict(query("any: \">0.5\"", kWithin), answers({{}, {}, {0.1}, {0.6}}), 14);
  EXPECT_EQ(q.verdict, Verdict::kPass);
  EXPECT_EQ(q.at, 14);
  EXPECT_EQ(q.seen, "0.6 at 00:14");
}

TEST(PromqlTest, AlwaysDoesNotForgiveAnEmptyAnswer) {
  auto log = answers({{1}, {}, {1}});
  const auto q = judge::verdict(query("all: 1", kThroughout), log.end("load"), 13);
  EXPECT_EQ(q.verdict, Verdict::kInconclusive);
  EXPECT_EQ(q.reason, "an empty answer at 00:12");
  auto whole = answers({{1}, {1}, {1}});
  EXPECT_EQ(verdict(query("all: 1", kThroughout), whole.end("load"), 13).verdict, Verdict::kPass);
  auto broken = answers({{1}, {}, {2, 0}});
  const auto two = verdict(query("all: 1", kThroughout), broken, 13);
  EXPECT_EQ(two.verdict, Verdict::kFail);
  EXPECT_EQ(two.seen, "0 to 2 in 2 samples at 00:13");
}

TEST(PromqlTest, AnAnswerFromBeforeTheWindowSaysNothingOfIt) {
  judge::Log log;
  log.at(9).answer({1}).at(10).start("load").at(12).end("load");
  const auto q = judge::verdict(query("all: 1", kThroughout), log, 12);
  EXPECT_EQ(q.verdict, Verdict::kInconclusive);
}

TEST(PromqlTest, AQueryThatFailsIsToldAndInconclusive) {
  judge::Log log;
  log.at(10).start("load").at(12);
  log.add(log::PollFailed{log::Source::kPrometheus, "q", "parse error"}).at(31);
  const auto q = judge::verdict(query("any: 1", kWithin), log, 31);
  EXPECT_EQ(q.verdict, Verdict::kInconclusive);
  EXPECT_EQ(q.reason, "the query was never answered in the window: parse error");
}

TEST(PromqlTest, OtherPollsOfPrometheusDoNotCoverAQuery) {
  auto log = answers({{0}});
  const auto q = judge::verdict(query("any: 1", kWithin), log.at(31), 31);
  EXPECT_EQ(q.verdict, Verdict::kInconclusive);
  EXPECT_EQ(q.reason, "no answer about the query from 00:11 to 00:30");
}

load_result::LoadResult loadgen_result(int p99_ms, std::uint64_t completed, std::uint64_t failed,
                                       std::uint64_t server_errors, double rate) {
  load_result::LoadResult result;
  auto& totals = result.totals;
  totals.requests.completed = completed;
  totals.requests.failed = failed;
  totals.status = {{"200", completed - server_errors}, {"503", server_errors}};
  totals.latency.count = static_cast<std::int64_t>(completed);
  totals.latency.p99 = p99_ms * 1'000'000;
  totals.latency.p99_9 = p99_ms * 2'000'000;
  result.rate_achieved = rate;
  return result;
}

// With its histogram: as many responses after 10 ms and after 500 ms.
load_result::LoadResult measured(int fast, int slow) {
  latency::Histogram histogram;
  histogram.record(10'000'000, fast);
  histogram.record(500'000'000, slow);
  load_result::LoadResult result;
  result.totals.requests.completed = static_cast<std::uint64_t>(fast + slow);
  result.totals.latency = load_result::summary_of(histogram);
  result.latency_histogram = latency::encode_v2_base64(histogram);
  return result;
}

ClaimVerdict judge_load(const std::string& what,
                        const std::vector<load_result::LoadResult>& results, int workers = 0) {
  judge::Log log;
  log.start("load").at(10);
  int worker = 0;
  for (const auto& result : results) {
    log.add(log::LoadObservation{"load", worker++,
                                 workers > 0 ? workers : static_cast<int>(results.size()),
                                 std::make_shared<const load_result::LoadResult>(result)});
  }
  // The last request was sent at 9: the result came after it.
  log.add(log::StepObservation{"load", log::StepObservation::Event::kEnd, 9.0, {}, true, 0, 0, ""});
  return judge::verdict(
      "    - {id: slo, load: {ref: load, " + what + "}, final: {from: load.start, to: load.end}}\n",
      log, 10);
}

TEST(LoadTest, ItsThresholdsAreThoseOfTheResult) {
  struct Row {
    const char* what;
    Verdict verdict;
  };
  const Row rows[] = {
      {"p99: <200ms", Verdict::kPass},    {"p99: <100ms", Verdict::kFail},
      {"p99.9: <=200ms", Verdict::kPass}, {"errors: <2%", Verdict::kFail},
      {"errors: <=2.5%", Verdict::kPass}, {"rate: '>=10/s'", Verdict::kPass},
      {"rate: '>10/s'", Verdict::kFail},  {"p99: <200ms, errors: <2%", Verdict::kFail}};
  // 2 of 120 failed and 1 answered 503: 2.5 %.
  for (const auto& row : rows) {
    const auto slo = judge_load(row.what, {loadgen_result(100, 118, 2, 1, 10)});
    EXPECT_EQ(slo.verdict, row.verdict) << row.what << ": " << to_line(slo);
  }
  EXPECT_EQ(judge_load("p99: <200ms, errors: <5%", {loadgen_result(100, 118, 2, 1, 10)}).seen,
            "p99 100ms, errors 2.5% at 00:10");
}

TEST(LoadTest, SeveralWorkersAddUpAndTheWorstLatencyCounts) {
  const std::vector<load_result::LoadResult> two = {loadgen_result(100, 100, 0, 0, 10),
                                                    loadgen_result(300, 100, 10, 0, 5)};
  EXPECT_EQ(judge_load("rate: '15/s'", two).verdict, Verdict::kPass);
  EXPECT_EQ(judge_load("p99: <200ms", two).verdict, Verdict::kFail);
  EXPECT_EQ(judge_load("errors: <5%", two).verdict, Verdict::kPass);
  // A worker without any response is no worker with a good latency.
  const std::vector<load_result::LoadResult> silent = {two[0], loadgen_result(0, 0, 3, 0, 0)};
  EXPECT_EQ(judge_load("p99: <200ms", silent).verdict, Verdict::kInconclusive);
  EXPECT_EQ(judge_load("errors: <5%", silent).verdict, Verdict::kPass);
  const auto lost = judge_load("rate: '15/s'", {two[0]}, 2);
  EXPECT_EQ(lost.verdict, Verdict::kInconclusive);
  EXPECT_EQ(lost.reason, "only 1 workers of load left a result");
}

TEST(LoadTest, WithHistogramsThePercentilesAreThoseOfAllResponses) {
  const std::vector<load_result::LoadResult> two = {measured(95, 5), measured(900, 0)};
  EXPECT_EQ(judge_load("p99: <200ms", {two[0]}).verdict, Verdict::kFail);
  const auto slo = judge_load("p99: <200ms, p99.9: '>200ms', max: '>200ms'", two);
  EXPECT_EQ(slo.verdict, Verdict::kPass) << to_line(slo);
  EXPECT_EQ(slo.seen, "p99 10.0ms, p99.9 500ms, max 500ms at 00:10");
}

TEST(LoadTest, WithoutDataOrWithASaturatedGeneratorIsInconclusive) {
  EXPECT_EQ(judge_load("p99: <1s", {}).reason, "load left no result");
  EXPECT_EQ(judge_load("p99: <1s", {load_result::LoadResult{}}).verdict, Verdict::kInconclusive);
  EXPECT_EQ(judge_load("errors: <1%", {loadgen_result(1, 0, 0, 0, 0)}).verdict,
            Verdict::kInconclusive);
  auto saturated = loadgen_result(1, 100, 0, 0, 10);
  saturated.generator.saturated = true;
  saturated.generator.reason = "own CPU at 99%";
  const auto slo = judge_load("p99: <1s", {saturated});
  EXPECT_EQ(slo.verdict, Verdict::kInconclusive);
  EXPECT_EQ(slo.reason, "the load generator was saturated: own CPU at 99%");
}

TEST(EventTest, IsFoundByObjectReasonAndMessage) {
  struct Row {
    const char* claim;
    Verdict verdict;
  };
  const Row rows[] = {
      {"object: hpa/target, reason: SuccessfulRescale", Verdict::kPass},
      {"object: hpa/*, reason: SuccessfulRescale, message: ~above", Verdict::kPass},
      {"object: hpa/target, reason: SuccessfulRescale, message: above", Verdict::kFail},
      {"object: hpa/target, reason: FailedRescale", Verdict::kFail},
      {"object: hpa/targe, reason: SuccessfulRescale", Verdict::kFail},
      {"object: pod/*, reason: SuccessfulRescale", Verdict::kFail}};
  for (const auto& row : rows) {
    judge::Log log;
    log.at(10).start("load").at(12);
    log.add(log::EventObservation{"hpa/target", "Normal", "SuccessfulRescale",
                                  "New size: 3; reason: cpu above target", "u", 1});
    log.at(31);
    const auto claim = "    - {id: e, event: {" + std::string(row.claim) + "}, " + kWithin + "}\n";
    EXPECT_EQ(judge::verdict(claim, log, 31).verdict, row.verdict) << row.claim;
  }
}

TEST(EventTest, NeverNeedsAnswersAllTheTime) {
  const std::string claim =
      "    - {id: e, event: {object: pod/*, reason: FailedScheduling}, never: {from: load.start, "
      "to: "
      "load.end}}\n";
  judge::Log log;
  log.at(10).start("load").at(20);
  auto dead = log;
  EXPECT_EQ(judge::verdict(claim, log.end("load"), 20).verdict, Verdict::kPass);
  dead.kubernetes = false;
  EXPECT_EQ(judge::verdict(claim, dead.at(40).end("load"), 40).verdict, Verdict::kInconclusive);
}

}  // namespace
}  // namespace plimsoll::engine::judge

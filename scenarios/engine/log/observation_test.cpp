#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "scenarios/engine/log/observation_json.hpp"

namespace plimsoll::engine::log {
namespace {

Observation at(double t, Observed what) {
  return {t, *parse_wall_time("2026-08-21T10:00:00.123Z"), std::move(what)};
}

std::vector<Observed> one_of_each() {
  const AlertRule rule{"OOM", "g",  "ok",
                       "",    true, {{"firing", {{"pod", "p"}}, "2026-08-21T10:00:00Z"}}};
  const Termination oom{"OOMKilled", 137, "2026-08-21T10:00:00Z"};
  return {
      RunObservation{"r1", "ns", "s", 1, 2, 5, 1},
      MarkObservation{"start"},
      StepObservation{"a", StepObservation::Event::kStart, 1.5, {"p"}, true, {}, 0, ""},
      StepObservation{"a", StepObservation::Event::kEnd, {}, {}, false, 137, 1, "why"},
      HpaObservation{"h", 1, 2, 1, 5, {{"ScalingActive", "True", "ValidMetricFound", "m"}}},
      WorkloadObservation{"deployment/t", 3, 2, 3, 2},
      PodObservation{"p",
                     "u",
                     "Running",
                     "deployment/t",
                     true,
                     false,
                     {{"c", true, 1, "running", "", {}, oom},
                      {"d", false, 0, "terminated", "OOMKilled", oom, {}}}},
      PodsObservation{{"p", "q"}},
      AbsentObservation{"hpa/h"},
      AlertsObservation{{rule}},
      PromqlObservation{"up", {{{{"job", "x"}}, 1.5}, {{}, -HUGE_VAL}}},
      DeliveryObservation{
          7, "webhook", "firing", "{}:{}", {{"firing", {{"a", "b"}}, "s", "e", "f"}}},
      EventObservation{"hpa/h", "Normal", "SuccessfulRescale", "New size: 3", "u", 2},
      LoadObservation{"load", 1, 2, std::make_shared<load_result::LoadResult>()},
      EvidenceObservation{"cgroup", "p", "c", "oom_kill 0 -> 1"},
      NoteObservation{"short windows"},
      PollOk{Source::kReceiver, ""},
      PollFailed{Source::kPrometheus, "alerts", "refused"},
  };
}

TEST(ObservationTest, EveryKindComesBackFromItsLineAsItWas) {
  for (const auto& what : one_of_each()) {
    const auto line = to_line(at(12.25, what));
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const auto back = from_line(line);
    ASSERT_TRUE(back) << line << "\n" << back.error().message;
    EXPECT_EQ(back->what.index(), what.index()) << line;
    EXPECT_EQ(back->t, 12.25);
    EXPECT_EQ(to_line(*back), line);
  }
}

TEST(ObservationTest, TheLineHasTheDocumentedKeys) {
  EXPECT_EQ(to_line(at(1.0, MarkObservation{"start"})),
            R"({"at":"2026-08-21T10:00:00.123Z","kind":"mark","name":"start","t":1.0})");
  EXPECT_EQ(to_line(at(1.0, PollFailed{Source::kPrometheus, "alerts", "refused"})),
            R"({"at":"2026-08-21T10:00:00.123Z","kind":"poll_failed","message":"refused",)"
            R"("source":"prometheus","t":1.0,"topic":"alerts"})");
}

TEST(ObservationTest, EachKindHasANameOfItsOwn) {
  std::set<std::string> names;
  for (const auto& what : one_of_each())
    names.insert(nlohmann::json::parse(to_line(at(0, what))).at("kind").get<std::string>());
  EXPECT_EQ(names, (std::set<std::string>{"run", "mark", "step", "hpa", "workload", "pod", "pods",
                                          "absent", "alerts", "promql", "delivery", "event", "load",
                                          "evidence", "note", "poll_ok", "poll_failed"}));
}

TEST(ObservationTest, NanSurvivesTheLog) {
  const auto nan = std::numeric_limits<double>::quiet_NaN();
  const auto back = from_line(to_line(at(0, PromqlObservation{"0/0", {{{}, nan}}})));
  ASSERT_TRUE(back);
  EXPECT_TRUE(std::isnan(std::get<PromqlObservation>(back->what).samples.at(0).value));
}

TEST(ObservationTest, BytesThatAreNotUtf8DoNotBreakTheLog) {
  const auto line = to_line(at(0, NoteObservation{"a\xFFz"}));
  ASSERT_TRUE(from_line(line));
  EXPECT_NE(line.find("a\xEF\xBF\xBDz"), std::string::npos);
}

TEST(ObservationTest, ALineThatIsNoObservationSaysWhy) {
  const std::string head = R"({"t":1,"at":"2026-08-21T10:00:00Z",)";
  EXPECT_EQ(from_line("[1]").error().message, "not a JSON object");
  EXPECT_EQ(from_line(head + R"("kind":"moon"})").error().message, "unknown kind 'moon'");
  EXPECT_EQ(from_line(R"({"t":1,"at":"noon","kind":"mark"})").error().message,
            "'at' is not a time");
  EXPECT_NE(from_line(head + R"("kind":"mark"})").error().message.find("name"), std::string::npos);
  EXPECT_EQ(
      from_line(head + R"("kind":"load","step":"s","result":{"schema":"other"}})").error().message,
      "'other' is not a load result: plimsoll.loadgen/v1 is");
  EXPECT_FALSE(from_line(head + R"("kind":"hpa","name":"h","current":"x","desired":1})"));
}

class ObservationLogTest : public testing::Test {
 protected:
  std::string path_ = testing::TempDir() + "observations-" + std::to_string(::getpid()) + ".jsonl";
  void TearDown() override { std::filesystem::remove(path_); }
  void write(const std::string& text) const { std::ofstream(path_) << text; }
};

TEST_F(ObservationLogTest, ATornLastLineIsDroppedAndSaid) {
  const auto good = to_line(at(1, MarkObservation{"start"}));
  write(good + "\n" + good.substr(0, 20));
  const auto log = read_log(path_);
  ASSERT_TRUE(log);
  EXPECT_EQ(log->observations.size(), 1U);
  EXPECT_EQ(log->note, path_ + ":2: torn last line dropped");
}

TEST_F(ObservationLogTest, ABadLineInTheMiddleIsAnErrorWithItsNumber) {
  const auto good = to_line(at(1, MarkObservation{"start"}));
  write(good + "\n{}\n" + good + "\n");
  const auto log = read_log(path_);
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().category, ErrorCategory::kInvalidInput);
  EXPECT_EQ(log.error().message.find(path_ + ":2: "), 0U);
}

TEST_F(ObservationLogTest, ALogThatIsNotThereIsAnErrorOfTheEnvironment) {
  EXPECT_EQ(read_log(path_).error().category, ErrorCategory::kUnavailable);
}

TEST(WallTimeTest, IsReadWithAndWithoutFractions) {
  EXPECT_EQ(format_wall_time(*parse_wall_time("2026-02-28T23:59:59Z")), "2026-02-28T23:59:59.000Z");
  EXPECT_EQ(format_wall_time(*parse_wall_time("2026-02-28T23:59:59.999999Z")),
            "2026-03-01T00:00:00.000Z");
  EXPECT_FALSE(parse_wall_time("2026-02-28 23:59:59Z"));
  EXPECT_FALSE(parse_wall_time("9026-02-28T23:59:59Z"));
  EXPECT_FALSE(parse_wall_time("0026-02-28T23:59:59Z"));
  EXPECT_FALSE(parse_wall_time("2026-02-28T23:59:59"));
}

}  // namespace
}  // namespace plimsoll::engine::log

// What scripts rely on in result.json and junit.xml, apart from their looks.
#include "reports/run/result_json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/text/utf8.hpp"
#include "reports/run/junit.hpp"
#include "reports/run/sample_runs.hpp"

namespace plimsoll::reports::run {
namespace {

TEST(ResultJsonTest, SaysTheExitCodeAndItsWord) {
  auto run = passed_run();
  for (const auto& [code, word] : {std::pair{ExitCode::kPassed, "passed"},
                                   {ExitCode::kInconclusive, "inconclusive"},
                                   {ExitCode::kAborted, "aborted"}}) {
    run.exit = code;
    const auto json = nlohmann::json::parse(to_json(run));
    EXPECT_EQ(json["verdict"], word);
    EXPECT_EQ(json["exit_code"], number(code));
  }
}

TEST(ResultJsonTest, KeepsTimesToTheMillisecondAndGapsAsNull) {
  auto run = passed_run();
  run.claims[0].at = 13.60049;
  run.claims[1].at = std::nullopt;
  const auto json = nlohmann::json::parse(to_json(run));
  EXPECT_EQ(json["claims"][0]["at_s"], 13.6);
  EXPECT_TRUE(json["claims"][1]["at_s"].is_null());
  EXPECT_TRUE(json["series"][0]["points"][7][1].is_null());
}

TEST(ResultJsonTest, IsValidForAnyText) {
  const auto text = to_json(hostile_run());
  EXPECT_EQ(text::first_invalid_utf8(text), std::string::npos);
  EXPECT_TRUE(nlohmann::json::accept(text));
  EXPECT_EQ(text.back(), '\n');
}

TEST(JUnitTest, EveryRunThatDidNotPassHasACaseThatDidNot) {
  for (const auto code : {ExitCode::kFailed, ExitCode::kUsage, ExitCode::kInconclusive,
                          ExitCode::kEnvironment, ExitCode::kAborted, ExitCode::kCleanupIncomplete,
                          ExitCode::kInternal, ExitCode::kInterrupted, ExitCode::kTerminated}) {
    auto run = passed_run();
    run.exit = code;
    const auto xml = to_junit({run});
    EXPECT_NE(xml.find(R"(tests="5" failures="0" errors="1")"), std::string::npos) << number(code);
    EXPECT_NE(xml.find(R"(name="run" time=)"), std::string::npos) << number(code);
  }
  EXPECT_EQ(to_junit({passed_run()}).find(R"(name="run" time=)"), std::string::npos);
  EXPECT_EQ(to_junit({failed_run()}).find(R"(name="run" time=)"), std::string::npos);
}

}  // namespace
}  // namespace plimsoll::reports::run

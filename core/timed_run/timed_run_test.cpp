#include "core/timed_run/timed_run.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace plimsoll::timed_run {
namespace {

TEST(CutShortTest, IsAVerdictOnlyWhereTheEndingHasACode) {
  EXPECT_FALSE(cut_short(std::nullopt));
  EXPECT_FALSE(cut_short(cli::Ending{std::nullopt, "standard input was closed"}));
  const auto aborted = cut_short(cli::Ending{ExitCode::kAborted, "no heartbeat"});
  ASSERT_TRUE(aborted);
  EXPECT_EQ(aborted->outcome, "aborted");
  EXPECT_EQ(cut_short(cli::Ending{ExitCode::kTerminated, ""})->outcome, "interrupted");
}

TEST(WithEndingTest, KeepsTheVerdictAndAddsTheReason) {
  const Verdict reached{ExitCode::kPassed, "reached", "it was"};
  EXPECT_EQ(with_ending(reached, std::nullopt).reason, "it was");
  const auto verdict = with_ending(reached, cli::Ending{std::nullopt, "stdin closed"});
  EXPECT_EQ(verdict.code, ExitCode::kPassed);
  EXPECT_EQ(verdict.reason, "it was, and then stdin closed");
}

TEST(WriteResultTest, PrintsOneDocumentWhereTheJsonIsForStdout) {
  cli::Common common;
  common.json = "-";
  testing::internal::CaptureStdout();
  ASSERT_TRUE(write_result(common, "text\n", "{}\n"));
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "{}\n");
}

TEST(WriteResultTest, PrintsTheTextAndWritesTheFile) {
  const auto path = std::filesystem::path{testing::TempDir()} / "plimsoll-timed-run.json";
  cli::Common common;
  common.json = path.string();
  testing::internal::CaptureStdout();
  ASSERT_TRUE(write_result(common, "text\n", "{}\n"));
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "text\n");
  std::ifstream file{path};
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>{file}, {}), "{}\n");
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace plimsoll::timed_run

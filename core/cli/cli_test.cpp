#include "core/cli/cli.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/cli/output.hpp"

namespace plimsoll::cli {
namespace {

TEST(CliTest, UnknownFlagEndsWithTwo) {
  CLI::App app{"", "prog"};
  Common common;
  add_common(app, common);
  const char* argv[] = {"prog", "--nonsense"};
  EXPECT_EQ(parse(app, 2, argv), 2);
}

TEST(CliTest, BadUnitEndsWithTwo) {
  CLI::App app{"", "prog"};
  std::optional<units::Duration> duration;
  add_parsed(app, "--duration", duration, units::parse_duration, "how long", "DURATION");
  const char* argv[] = {"prog", "--duration", "5 parsecs"};
  EXPECT_EQ(parse(app, 3, argv), 2);
}

TEST(CliTest, ErrorsBecomeTheirExitCode) {
  EXPECT_EQ(run("prog", [] { return Result<ExitCode>{environment_error("no cluster")}; }), 4);
  EXPECT_EQ(run("prog", []() -> Result<ExitCode> { throw std::runtime_error("bug"); }), 70);
}

TEST(CliTest, FilesAppearWholeOrNotAtAll) {
  const auto folder = std::filesystem::temp_directory_path() / "plimsoll_cli_test";
  std::filesystem::create_directories(folder);
  const auto path = (folder / "result.json").string();
  ASSERT_TRUE(write_whole(path, "{}"));
  std::stringstream read;
  read << std::ifstream(path).rdbuf();
  EXPECT_EQ(read.str(), "{}");
  const auto missing = write_whole((folder / "no" / "such.json").string(), "{}");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ExitCode::kEnvironment);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace plimsoll::cli

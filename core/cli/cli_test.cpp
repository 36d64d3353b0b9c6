#include "core/cli/cli.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
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
  EXPECT_EQ(run("prog", [] { return Result<ExitCode>{unavailable("no cluster")}; }), 4);
  EXPECT_EQ(run("prog", []() -> Result<ExitCode> { throw std::runtime_error("bug"); }), 70);
}

TEST(CliTest, ColoursAreForTerminalsAndForWhoeverAsksForThem) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  EXPECT_FALSE(shows_colors(ends[1]));
  ASSERT_EQ(::setenv("CLICOLOR_FORCE", "1", 1), 0);
  EXPECT_TRUE(shows_colors(ends[1]));
  ::unsetenv("CLICOLOR_FORCE");
  ::close(ends[0]);
  ::close(ends[1]);
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
  EXPECT_EQ(missing.error().category, ErrorCategory::kUnavailable);
  std::filesystem::remove_all(folder);
}

// As root, a rename onto /dev/null would take it from everybody.
TEST(CliTest, PipesAndLinksStayWhatTheyAre) {
  namespace fs = std::filesystem;
  const auto folder = fs::temp_directory_path() / "plimsoll_cli_test_kinds";
  fs::remove_all(folder);
  fs::create_directories(folder);
  const auto pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_TRUE(write_whole(pipe.string(), "{}"));
  EXPECT_TRUE(fs::is_fifo(pipe));
  char received[8] = {};
  EXPECT_EQ(::read(reader, received, sizeof received), 2);
  ::close(reader);

  std::ofstream(folder / "real.json") << "old";
  fs::create_symlink("real.json", folder / "link.json");
  ASSERT_TRUE(write_whole((folder / "link.json").string(), "new"));
  EXPECT_TRUE(fs::is_symlink(folder / "link.json"));
  std::stringstream read;
  read << std::ifstream(folder / "real.json").rdbuf();
  EXPECT_EQ(read.str(), "new");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 3);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace plimsoll::cli

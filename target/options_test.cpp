#include "target/options.hpp"

#include <gtest/gtest.h>

#include <map>

namespace plimsoll::target {
namespace {

using namespace std::chrono_literals;

Result<Options> read(const std::map<std::string, std::string>& variables) {
  return read_options([&variables](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

TEST(Options, HaveDefaultsAndTakeAnEmptyVariableAsNotSet) {
  const auto options = read({{"PORT", ""}});
  EXPECT_EQ(options->port, 8080);
  EXPECT_EQ(options->threads, 0U);
  EXPECT_EQ(options->log_level, LogLevel::kInfo);
  EXPECT_EQ(options->shutdown_grace, 5s);
  EXPECT_FALSE(options->max_memory);
  EXPECT_FALSE(options->redis);
}

TEST(Options, AreReadFromTheEnvironment) {
  const auto options = read({{"PORT", "0"},
                             {"THREADS", "3"},
                             {"LOG_LEVEL", "warn"},
                             {"SHUTDOWN_GRACE", "1500ms"},
                             {"DRAIN_TIMEOUT", "1m"},
                             {"HEADER_TIMEOUT", "2s"},
                             {"IDLE_TIMEOUT", "3s"},
                             {"MAX_MEMORY", "64Mi"},
                             {"POD_NAME", "target-5c668bcf95-479kj"},
                             {"REDIS_URL", "redis://:secret@redis:6380/2"}});
  EXPECT_EQ(options->port, 0);
  EXPECT_EQ(options->threads, 3U);
  EXPECT_EQ(options->log_level, LogLevel::kWarn);
  EXPECT_EQ(options->shutdown_grace, 1500ms);
  EXPECT_EQ(options->drain_timeout, 1min);
  EXPECT_EQ(options->header_timeout, 2s);
  EXPECT_EQ(options->idle_timeout, 3s);
  EXPECT_EQ(options->max_memory->count, 64U << 20U);
  EXPECT_EQ(options->pod_name, "target-5c668bcf95-479kj");
  EXPECT_EQ(options->redis->where(), "redis:6380");
  EXPECT_EQ(options->redis->password, "secret");
}

TEST(Options, ThatCannotBeReadAreAUsageErrorThatNamesThem) {
  const std::map<std::string, std::string> bad{
      {"PORT", "65536"},       {"THREADS", "-1"},      {"LOG_LEVEL", "loud"},
      {"SHUTDOWN_GRACE", "5"}, {"DRAIN_TIMEOUT", "x"}, {"HEADER_TIMEOUT", "1"},
      {"IDLE_TIMEOUT", "1y"},  {"MAX_MEMORY", "64MB"}, {"POD_NAME", "a\r\nX-Evil: 1"},
  };
  for (const auto& [name, text] : bad) {
    const auto options = read({{name, text}});
    ASSERT_FALSE(options) << name;
    EXPECT_EQ(options.error().code, ExitCode::kUsage);
    EXPECT_EQ(options.error().message.find(name + ": "), 0U) << options.error().message;
    EXPECT_NE(options.error().message.find("'" + text + "'"), std::string::npos);
  }
}

TEST(Options, NameREDIS_URLWithoutItsPassword) {
  const auto options = read({{"REDIS_URL", "rediss://:secret@redis:6379/0"}});
  ASSERT_FALSE(options);
  EXPECT_EQ(options.error().code, ExitCode::kUsage);
  EXPECT_EQ(options.error().message.find("REDIS_URL: rediss:// (TLS)"), 0U);
  EXPECT_EQ(options.error().message.find("secret"), std::string::npos);
}

TEST(Options, AreAllInTheHelp) {
  const auto help = environment_help();
  for (const auto* name : {"PORT", "THREADS", "LOG_LEVEL", "SHUTDOWN_GRACE", "DRAIN_TIMEOUT",
                           "HEADER_TIMEOUT", "IDLE_TIMEOUT", "MAX_MEMORY", "REDIS_URL"}) {
    EXPECT_NE(help.find(name), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace plimsoll::target

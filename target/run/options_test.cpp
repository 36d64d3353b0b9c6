#include "target/run/options.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/cli/cli.hpp"

namespace plimsoll::target::run {
namespace {

using namespace std::chrono_literals;

struct Outcome {
  std::optional<int> exit_code;  // where the program would end
  std::string error;
  Options options;
};

Outcome read(const std::map<std::string, std::string>& variables,
             const std::vector<const char*>& arguments = {}) {
  for (const auto& [name, text] : variables) ::setenv(name.c_str(), text.c_str(), 1);
  Outcome outcome;
  CLI::App app{"", "target"};
  add_options(app, outcome.options);
  std::vector<const char*> argv{"target"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  testing::internal::CaptureStderr();
  outcome.exit_code = cli::parse(app, static_cast<int>(argv.size()), argv.data());
  outcome.error = testing::internal::GetCapturedStderr();
  for (const auto& [name, text] : variables) ::unsetenv(name.c_str());
  return outcome;
}

TEST(OptionsTest, HaveDefaultsAndTakeAnEmptyVariableAsNotSet) {
  const auto [code, error, options] = read({{"PORT", ""}});
  EXPECT_EQ(code, std::nullopt) << error;
  EXPECT_EQ(options.port, 8080);
  EXPECT_EQ(options.threads, 0U);
  EXPECT_EQ(options.log_level, logging::LogLevel::kInfo);
  EXPECT_EQ(options.shutdown_grace, 5s);
  EXPECT_FALSE(options.max_memory);
  EXPECT_FALSE(options.redis);
}

TEST(OptionsTest, AreReadFromTheEnvironment) {
  const auto [code, error, options] = read({{"PORT", "0"},
                                            {"THREADS", "3"},
                                            {"LOG_LEVEL", "warn"},
                                            {"SHUTDOWN_GRACE", "1500ms"},
                                            {"DRAIN_TIMEOUT", "1m"},
                                            {"HEADER_TIMEOUT", "2s"},
                                            {"IDLE_TIMEOUT", "3s"},
                                            {"MAX_MEMORY", "64Mi"},
                                            {"POD_NAME", "target-5c668bcf95-479kj"},
                                            {"REDIS_URL", "redis://:secret@redis:6380/2"}});
  EXPECT_EQ(options.port, 0);
  EXPECT_EQ(options.threads, 3U);
  EXPECT_EQ(options.log_level, logging::LogLevel::kWarn);
  EXPECT_EQ(options.shutdown_grace, 1500ms);
  EXPECT_EQ(options.drain_timeout, 1min);
  EXPECT_EQ(options.header_timeout, 2s);
  EXPECT_EQ(options.idle_timeout, 3s);
  EXPECT_EQ(options.max_memory->count, 64U << 20U);
  EXPECT_EQ(options.pod_name, "target-5c668bcf95-479kj");
  EXPECT_EQ(options.redis->where(), "redis:6380");
  EXPECT_EQ(options.redis->password, "secret");
}

TEST(OptionsTest, ThatCannotBeReadAreAUsageErrorThatNamesThem) {
  const std::map<std::string, std::string> bad{
      {"PORT", "65536"},       {"THREADS", "-1"},      {"LOG_LEVEL", "loud"},
      {"SHUTDOWN_GRACE", "5"}, {"DRAIN_TIMEOUT", "x"}, {"HEADER_TIMEOUT", "1"},
      {"IDLE_TIMEOUT", "1y"},  {"MAX_MEMORY", "64MB"}, {"POD_NAME", "a:b"},
  };
  for (const auto& [name, text] : bad) {
    const auto [code, error, options] = read({{name, text}});
    EXPECT_EQ(code, 2) << name;
    EXPECT_EQ(error.find("target: " + name + ": "), 0U) << error;
    EXPECT_NE(error.find("'" + text + "'"), std::string::npos) << error;
  }
}

TEST(OptionsTest, NameRedisUrlWithoutItsPassword) {
  const auto [code, error, options] = read({{"REDIS_URL", "rediss://:secret@redis:6379/0"}});
  EXPECT_EQ(code, 2);
  EXPECT_EQ(error.find("target: REDIS_URL: rediss:// (TLS)"), 0U) << error;
  EXPECT_EQ(error.find("secret"), std::string::npos);
}

TEST(OptionsTest, WinOverTheirVariables) {
  const auto outcome = read({{"PORT", "1"}, {"THREADS", "2"}}, {"--port", "3"});
  EXPECT_EQ(outcome.exit_code, std::nullopt);
  EXPECT_EQ(outcome.options.port, 3);
  EXPECT_EQ(outcome.options.threads, 2U);
}

TEST(OptionsTest, AreNamedByFlagWhereTheFlagIsWrong) {
  const auto outcome = read({{"PORT", "1"}}, {"--port", "x"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.error.find("--port: expected a whole number"), std::string::npos);
}

}  // namespace
}  // namespace plimsoll::target::run

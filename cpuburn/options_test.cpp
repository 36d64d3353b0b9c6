#include "cpuburn/options.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace plimsoll::cpuburn {
namespace {

std::optional<int> parse(std::vector<const char*> words, Options& options) {
  words.insert(words.begin(), "cpuburn");
  testing::internal::CaptureStderr();
  const auto exit = parse_options(static_cast<int>(words.size()), words.data(), options);
  testing::internal::GetCapturedStderr();
  return exit;
}

TEST(OptionsTest, TheRequestComesFromTheFlagOrElseFromTheDownwardApi) {
  Options options;
  EXPECT_DOUBLE_EQ(request_of(options, "250")->count, 0.25);
  options.request = units::Cores{0.1};
  EXPECT_DOUBLE_EQ(request_of(options, "250")->count, 0.1);
  EXPECT_DOUBLE_EQ(request_of(options, nullptr)->count, 0.1);
}

TEST(OptionsTest, ARequestThatIsNotKnownOrZeroIsBadUsage) {
  const Options options;
  for (const char* value : {static_cast<const char*>(nullptr), "", "0", "250m", "0.25", "-1",
                            "99999999999999999999999"}) {
    const auto request = request_of(options, value);
    ASSERT_FALSE(request) << (value == nullptr ? "none" : value);
    EXPECT_EQ(request.error().category, ErrorCategory::kInvalidInput);
    EXPECT_NE(request.error().message.find(value == nullptr ? "--request" : kRequestVariable),
              std::string::npos);
  }
}

TEST(OptionsTest, WhatMakesNoSenseIsBadUsage) {
  for (const auto& words :
       std::vector<std::vector<const char*>>{{},
                                             {"--cores", "1", "--percent-of-limit", "50"},
                                             {"--cores", "-1"},
                                             {"--cores", "nan"},
                                             {"--cores", "1e3"},
                                             {"--percent-of-limit", "-5%"},
                                             {"--cores", "1", "--request", "250m"},
                                             {"--cores", "1", "--threads", "0"},
                                             {"--cores", "1", "--shape", "triangle:period=1s"},
                                             {"--cores", "1", "--heartbeat-age", "5s"},
                                             {"--cores", "1", "--dry-run", "--json", "-"},
                                             {"--cores", "1", "-d", "10"},
                                             {"--cores", "1", "-d", "99999999999999999999d"}}) {
    Options options;
    EXPECT_EQ(parse(words, options), 2) << testing::PrintToString(words);
  }
}

TEST(OptionsTest, TheDurationIsBounded) {
  Options options;
  EXPECT_TRUE(check(options));
  options.duration = std::chrono::hours{24 * 31};
  EXPECT_EQ(check(options).error().category, ErrorCategory::kInvalidInput);
  options.duration = units::Duration{0};
  EXPECT_EQ(check(options).error().category, ErrorCategory::kInvalidInput);
  options.duration = std::chrono::seconds{5};
  options.ramp = std::chrono::seconds{5};
  EXPECT_EQ(check(options).error().category, ErrorCategory::kInvalidInput);
}

}  // namespace
}  // namespace plimsoll::cpuburn

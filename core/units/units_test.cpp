#include "core/units/units.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace plimsoll::units {
namespace {

using namespace std::chrono_literals;

TEST(UnitsTest, DurationsAreReadAsWritten) {
  const std::vector<std::pair<std::string, Duration>> cases = {
      {"250ms", 250ms}, {"30s", 30s}, {"2m", 2min},     {"1h30m", 90min}, {"1.5s", 1500ms},
      {"0", 0s},        {"0s", 0s},   {"100us", 100us}, {"7ns", 7ns},     {"1m0.5s", 60500ms}};
  for (const auto& [text, want] : cases) {
    const auto got = parse_duration(text);
    ASSERT_TRUE(got) << text << ": " << got.error().message;
    EXPECT_EQ(*got, want) << text;
  }
}

TEST(UnitsTest, WrongDurationsAreRefusedWithAHint) {
  for (const auto* text : {"", "5", "s", "-1s", "1x", "10ms1", "30m1h", "1s1s", "1e3s", "nan",
                           "1..5s", "99999999999999h", " 1s", "1s "}) {
    const auto got = parse_duration(text);
    ASSERT_FALSE(got) << text;
    EXPECT_EQ(got.error().category, ErrorCategory::kInvalidInput);
    EXPECT_NE(got.error().message.find(std::string{"'"} + text + "'"), std::string::npos);
  }
}

TEST(UnitsTest, BytesFollowKubernetes) {
  EXPECT_EQ(parse_bytes("128Mi")->count, 134217728U);
  EXPECT_EQ(parse_bytes("1.5Gi")->count, 1610612736U);
  EXPECT_EQ(parse_bytes("64M")->count, 64000000U);
  EXPECT_EQ(parse_bytes("512")->count, 512U);
  for (const auto* text : {"", "Mi", "-1", "1MiB", "1e9", "99999999Ti", "0x10", "+5"})
    EXPECT_FALSE(parse_bytes(text)) << text;
}

TEST(UnitsTest, CoresRatesAndPercentages) {
  EXPECT_DOUBLE_EQ(parse_cores("500m")->count, 0.5);
  EXPECT_DOUBLE_EQ(parse_cores("1.5")->count, 1.5);
  EXPECT_DOUBLE_EQ(parse_rate("1000/s")->per_second, 1000);
  EXPECT_DOUBLE_EQ(parse_rate("90/m")->per_second, 1.5);
  EXPECT_DOUBLE_EQ(parse_rate("50")->per_second, 50);
  EXPECT_DOUBLE_EQ(parse_rate("1/10s")->per_second, 0.1);
  EXPECT_DOUBLE_EQ(parse_rate("3/1m30s")->per_second, 3.0 / 90);
  EXPECT_DOUBLE_EQ(parse_percent("80%")->fraction(), 0.8);
  EXPECT_DOUBLE_EQ(parse_percent("120")->value, 120);
  EXPECT_FALSE(parse_rate("1/day"));
  for (const auto* text : {"1/10", "1/0s", "/10s", "x/10s", "1x/10s", "1/10s/2"})
    EXPECT_FALSE(parse_rate(text)) << text;
  EXPECT_FALSE(parse_percent("80%%"));
  EXPECT_FALSE(parse_cores("1k"));
}

TEST(UnitsTest, FormatsAreShortAndReadable) {
  EXPECT_EQ(format_duration(999ns), "999ns");
  EXPECT_EQ(format_duration(1234us), "1.23ms");
  EXPECT_EQ(format_duration(12345us), "12.3ms");
  EXPECT_EQ(format_duration(250ms), "250ms");
  EXPECT_EQ(format_duration(90s), "90.0s");
  EXPECT_EQ(format_duration(754s), "12m34s");
  EXPECT_EQ(format_bytes(Bytes{134217728}), "128Mi");
  EXPECT_EQ(format_bytes(Bytes{1610612736}), "1.5Gi");
  EXPECT_EQ(format_bytes(Bytes{512}), "512");
  EXPECT_EQ(format_cores(Cores{0.5}), "500m");
  EXPECT_EQ(format_cores(Cores{1.5}), "1.5");
}

TEST(ClockTest, RoundsDownAndShowsHoursOnlyLate) {
  const std::pair<double, const char*> rows[] = {
      {0, "00:00"},         {12, "00:12"},   {59.999, "00:59"},
      {60, "01:00"},        {3599, "59:59"}, {3600, "1:00:00"},
      {36061, "10:01:01"},  {-3, "-00:03"},  {-0.2, "00:00"},
      {3.9999999, "00:04"}, {1e300, "-"},    {std::numeric_limits<double>::quiet_NaN(), "-"}};
  for (const auto& [seconds, text] : rows) EXPECT_EQ(format_clock(seconds), text) << seconds;
}

}  // namespace
}  // namespace plimsoll::units

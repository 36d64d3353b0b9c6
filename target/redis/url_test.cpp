#include "target/redis/url.hpp"

#include <gtest/gtest.h>

namespace plimsoll::target::redis {
namespace {

TEST(UrlTest, HasDefaultsForAllButTheHost) {
  const auto url = parse_url("redis://redis");
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_EQ(url->host, "redis");
  EXPECT_EQ(url->port, 6379);
  EXPECT_EQ(url->user, "");
  EXPECT_EQ(url->password, "");
  EXPECT_EQ(url->database, 0U);
}

TEST(UrlTest, HasItsPasswordAndItsDatabase) {
  const auto url = parse_url("redis://:s%40cr/et@10.0.0.7:6380/3");
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_EQ(url->password, "s@cr/et");
  EXPECT_EQ(url->where(), "10.0.0.7:6380");
  EXPECT_EQ(url->database, 3U);
}

TEST(UrlTest, MayNameAUserAndHaveAnAtInItsPassword) {
  const auto url = parse_url("redis://counter:a@b@redis/");
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_EQ(url->user, "counter");
  EXPECT_EQ(url->password, "a@b");
}

TEST(UrlTest, TakesAnIPv6AddressInBrackets) {
  EXPECT_EQ(parse_url("redis://[::1]:6380")->host, "::1");
  EXPECT_EQ(parse_url("redis://[::1]")->where(), "[::1]:6379");
}

struct Refused {
  const char* name;
  const char* text;
  const char* words;
};

class RefusedUrlTest : public testing::TestWithParam<Refused> {};

TEST_P(RefusedUrlTest, SaysWhyInOneLineWithoutThePassword) {
  const auto url = parse_url(GetParam().text);
  ASSERT_FALSE(url);
  EXPECT_EQ(url.error().category, ErrorCategory::kInvalidInput);
  EXPECT_NE(url.error().message.find(GetParam().words), std::string::npos) << url.error().message;
  EXPECT_EQ(url.error().message.find("secret"), std::string::npos) << url.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedUrlTest,
    testing::Values(Refused{"Tls", "rediss://:secret@redis:6379/0", "rediss:// (TLS)"},
                    Refused{"OtherScheme", "http://:secret@redis", "does not start with redis://"},
                    Refused{"NoScheme", "redis:6379", "does not start with redis://"},
                    Refused{"NoHost", "redis://:secret@:6379", "no host"},
                    Refused{"NoPassword", "redis://redis@host", "no password"},
                    Refused{"PortWord", "redis://:secret@redis:web", "found 'web'"},
                    Refused{"NoPort", "redis://:secret@redis:/1", "found ''"},
                    Refused{"PortZero", "redis://redis:0", "found '0'"},
                    Refused{"PortTooLarge", "redis://redis:65536", "found '65536'"},
                    Refused{"Database", "redis://:secret@redis/x", "found 'x'"},
                    Refused{"OpenBracket", "redis://[::1", "']'"},
                    Refused{"BehindBracket", "redis://[::1]x", "between"},
                    Refused{"Parameters", "redis://:secret@redis/0?tls=1", "'?'"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace plimsoll::target::redis

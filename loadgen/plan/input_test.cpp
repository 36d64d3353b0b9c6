// What users write: URLs, headers, thresholds.
#include <gtest/gtest.h>

#include "loadgen/request/request.hpp"
#include "loadgen/request/url.hpp"

namespace plimsoll::loadgen::plan {
namespace {

TEST(UrlTest, SplitsIntoHostPortAndTarget) {
  const auto url = request::parse_url("http://target.demo.svc:8080/work?cpu=20ms#top");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "target.demo.svc");
  EXPECT_EQ(url->port, 8080);
  EXPECT_EQ(url->target, "/work?cpu=20ms");
  EXPECT_EQ(url->authority, "target.demo.svc:8080");
}

TEST(UrlTest, PortAndPathMayBeLeftOut) {
  const auto url = request::parse_url("http://localhost");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->port, 80);
  EXPECT_EQ(url->target, "/");
  EXPECT_EQ(url->authority, "localhost");
  EXPECT_EQ(request::parse_url("http://localhost?a=1")->target, "/?a=1");
}

TEST(UrlTest, Ipv6AddressesStandInBrackets) {
  const auto url = request::parse_url("http://[::1]:8080/");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->authority, "[::1]:8080");
}

class BadUrlTest : public ::testing::TestWithParam<const char*> {};

TEST_P(BadUrlTest, IsRefusedWithItsText) {
  const auto url = request::parse_url(GetParam());
  ASSERT_FALSE(url);
  EXPECT_EQ(url.error().category, ErrorCategory::kInvalidInput);
  EXPECT_NE(url.error().message.find(GetParam()), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Urls, BadUrlTest,
                         testing::Values("localhost:8080", "ftp://localhost/", "http://",
                                         "http://:80/", "http://a b/", "http://a/b c",
                                         "http://a:0/", "http://a:65536/", "http://a:8x/",
                                         "http://a:/", "http://[::1/", "http://[::1]x/",
                                         "http://user@host/", "http://h\xc3\xa4/",
                                         "http://a/\r\n"));

TEST(RequestTest, IsRenderedByteForByte) {
  const auto request = request::render_request(*request::parse_url("http://h:81/p?q"), {});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->bytes,
            "GET /p?q HTTP/1.1\r\nHost: h:81\r\nUser-Agent: plimsoll-loadgen/" PLIMSOLL_VERSION
            "\r\n\r\n");
  EXPECT_NE(request->last_bytes.find("Connection: close\r\n\r\n"), std::string::npos);
  EXPECT_TRUE(request->idempotent);
  EXPECT_FALSE(request->head);
}

TEST(RequestTest, ABodyHasItsLengthAndHeadersCanBeReplaced) {
  const auto request = request::render_request(
      *request::parse_url("http://h/"),
      {"POST", {"host: other", "User-Agent: me", "X-Empty:", "X-Colon: a:b"}, "hello"});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->bytes,
            "POST / HTTP/1.1\r\nhost: other\r\nUser-Agent: me\r\nX-Empty: \r\nX-Colon: a:b\r\n"
            "Content-Length: 5\r\n\r\nhello");
  EXPECT_FALSE(request->idempotent);
}

TEST(RequestTest, BadHeadersAndMethodsAreRefused) {
  const auto url = *request::parse_url("http://h/");
  EXPECT_FALSE(request::render_request(url, {"GET", {"no colon"}, ""}));
  EXPECT_FALSE(request::render_request(url, {"GET", {": empty name"}, ""}));
  EXPECT_FALSE(request::render_request(url, {"GET", {"Bad Name: x"}, ""}));
  EXPECT_FALSE(request::render_request(url, {"GET", {"X: a\r\nEvil: b"}, ""}));
  EXPECT_FALSE(request::render_request(url, {"GET", {"Content-Length: 7"}, ""}));
  EXPECT_FALSE(request::render_request(url, {"GE T", {}, ""}));
  EXPECT_FALSE(request::render_request(url, {"CONNECT", {}, ""}));
}

}  // namespace
}  // namespace plimsoll::loadgen::plan

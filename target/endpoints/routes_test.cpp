#include "target/endpoints/routes.hpp"

#include <gtest/gtest.h>

namespace plimsoll::target::endpoints {
namespace {

using boost::beast::http::verb;

TEST(RoutesTest, AreFoundByTheirExactPath) {
  for (const auto* path : {"/", "/bye", "/health", "/ready", "/riseload", "/work", "/memory",
                           "/wait", "/count", "/metrics"}) {
    EXPECT_EQ(route_of(path).label, path);
  }
}

TEST(RoutesTest, HaveABoundedLabelForPathsThatVary) {
  EXPECT_EQ(route_of("/status/503").label, "/status/{code}");
  EXPECT_EQ(route_of("/status/x").label, "/status/{code}");
}

TEST(RoutesTest, AreOtherForEveryOtherPath) {
  for (const auto* path : {"", "/status", "/works", "/work/", "//", "/WORK", "*", "work"}) {
    EXPECT_EQ(route_of(path).endpoint, Endpoint::kOther) << path;
  }
}

TEST(RoutesTest, CountEverythingButWhatProbesAndScrapesAsk) {
  EXPECT_FALSE(route_of("/health").observed);
  EXPECT_FALSE(route_of("/ready").observed);
  EXPECT_FALSE(route_of("/metrics").observed);
  EXPECT_TRUE(route_of("/").observed);
  EXPECT_TRUE(route_of("/nope").observed);
}

TEST(RoutesTest, AllowPostWhereSomethingIsDone) {
  EXPECT_TRUE(allows(route_of("/work"), verb::post));
  EXPECT_TRUE(allows(route_of("/health"), verb::head));
  EXPECT_FALSE(allows(route_of("/health"), verb::post));
  EXPECT_FALSE(allows(route_of("/"), verb::delete_));
  EXPECT_EQ(allowed_methods(route_of("/health")), "GET, HEAD");
  EXPECT_EQ(allowed_methods(route_of("/work")), "GET, HEAD, POST");
}

TEST(AddressTest, IsSplitAtTheFirstQuestionMark) {
  EXPECT_EQ(split_address("/work?cpu=1s?x").path, "/work");
  EXPECT_EQ(split_address("/work?cpu=1s?x").query, "cpu=1s?x");
  EXPECT_EQ(split_address("/").query, "");
}

TEST(AddressTest, IsTakenFromTheAbsoluteFormAndWithoutAFragment) {
  EXPECT_EQ(split_address("http://a:80/work?cpu=1s").path, "/work");
  EXPECT_EQ(split_address("http://a:80/work?cpu=1s").query, "cpu=1s");
  EXPECT_EQ(split_address("http://a").path, "/");
  EXPECT_EQ(split_address("http://a?x=1").path, "/");
  EXPECT_EQ(split_address("http://a?x=1").query, "x=1");
  EXPECT_EQ(split_address("/bye#part").path, "/bye");
  EXPECT_EQ(split_address("/bye?to=http://a/b").path, "/bye");
}

}  // namespace
}  // namespace plimsoll::target::endpoints

#include "core/text/percent.hpp"

#include <gtest/gtest.h>

namespace plimsoll::text {
namespace {

TEST(PercentDecodeTest, LeavesAPercentSignWithoutTwoDigitsAlone) {
  EXPECT_EQ(percent_decode("a%20b%2F"), "a b/");
  EXPECT_EQ(percent_decode("150%"), "150%");
  EXPECT_EQ(percent_decode("%2"), "%2");
  EXPECT_EQ(percent_decode("%zz%4"), "%zz%4");
}

}  // namespace
}  // namespace plimsoll::text

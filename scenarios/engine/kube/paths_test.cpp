#include "scenarios/engine/kube/paths.hpp"

#include <gtest/gtest.h>

namespace plimsoll::engine::kube {

TEST(PathsTest, AQueryIsEncodedByteByByte) {
  EXPECT_EQ(percent_encode("rate(x{a=\"b c\"}[1m])>0"),
            "rate%28x%7Ba%3D%22b%20c%22%7D%5B1m%5D%29%3E0");
}

TEST(PathsTest, TheCoreGroupHasAPathOfItsOwn) {
  EXPECT_EQ(group_path("v1"), "/api/v1");
  EXPECT_EQ(group_path("apps/v1"), "/apis/apps/v1");
}

}  // namespace plimsoll::engine::kube

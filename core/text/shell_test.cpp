#include "core/text/shell.hpp"

#include <gtest/gtest.h>

namespace plimsoll::text {

TEST(ShellLineTest, QuotesOnlyWhatAShellWouldRead) {
  EXPECT_EQ(shell_line({"kubectl", "exec", "pod-1", "--", "sh", "-c", "echo 'a b' $X"}),
            "kubectl exec pod-1 -- sh -c 'echo '\\''a b'\\'' $X'");
  EXPECT_EQ(shell_line({"membloat", "--percent-of-limit", "120%", ""}),
            "membloat --percent-of-limit 120% ''");
}

}  // namespace plimsoll::text

#include "core/text/printable.hpp"

#include <gtest/gtest.h>

namespace plimsoll::text {
namespace {

TEST(OneLineTest, ObeysNothingThatATerminalWould) {
  EXPECT_EQ(one_line("a\nb\r\nc\td\n"), "a b c d");
  EXPECT_EQ(one_line("\x1b[2J\x07"), "\xEF\xBF\xBD[2J\xEF\xBF\xBD");
  EXPECT_EQ(one_line("\xC2\x9B"
                     "2J"),
            "\xEF\xBF\xBD"
            "2J");  // C1's own escape
  EXPECT_EQ(one_line("\xE2\x80\xAE"
                     "exe"),
            "\xEF\xBF\xBD"
            "exe");                                                       // right-to-left override
  EXPECT_EQ(one_line("\xC3\xA9 \xE2\x9C\x93"), "\xC3\xA9 \xE2\x9C\x93");  // é ✓
}

TEST(PrintableTest, KeepsTheLinesOfACommand) {
  EXPECT_EQ(printable("a \\\r\n\tb\rc\x1b"), "a \\\n\tb\nc\xEF\xBF\xBD");
}

}  // namespace
}  // namespace plimsoll::text

#include "reports/page/escape.hpp"

#include <gtest/gtest.h>

namespace plimsoll::reports::page {
namespace {

TEST(EscapeTest, LeavesNothingThatEndsATextOrAnAttribute) {
  EXPECT_EQ(escape("]]> </a> & \"b\" 'c'"), "]]&gt; &lt;/a&gt; &amp; &quot;b&quot; &#39;c&#39;");
  EXPECT_EQ(escape("a\nb\tc\rd"), "a&#10;b&#9;c&#13;d");
  EXPECT_EQ(escape_content("a\nb\tc\rd<"), "a\nb\tc&#13;d&lt;");
  EXPECT_EQ(escape(std::string("\0\x1b\x7F\xFF", 4)),
            "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(escape("\xEF\xBF\xBE\xEF\xBF\xBD"),
            "\xEF\xBF\xBD\xEF\xBF\xBD");  // U+FFFE, U+FFFD
}

TEST(RelativeHrefTest, IsNeverAnotherSchemeOrHost) {
  EXPECT_EQ(relative_href("load/result 1.json"), "./load/result%201.json");
  EXPECT_EQ(relative_href("javascript:alert(1)"), "./javascript%3Aalert%281%29");
  EXPECT_EQ(relative_href("//host/x"), ".///host/x");
}

}  // namespace
}  // namespace plimsoll::reports::page

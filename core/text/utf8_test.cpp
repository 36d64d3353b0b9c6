#include "core/text/utf8.hpp"

#include <gtest/gtest.h>

namespace plimsoll::text {
namespace {

TEST(Utf8Test, ValidTextOfEveryLengthIsLeftAlone) {
  const std::string text = "a\xC2\xA2\xE2\x82\xAC\xF0\x90\x8D\x88";
  EXPECT_EQ(first_invalid_utf8(text), std::string_view::npos);
  EXPECT_EQ(replace_invalid_utf8(text), text);
}

TEST(Utf8Test, EachBadByteBecomesOneReplacementCharacter) {
  struct Row {
    const char* name;
    std::string text;
    std::size_t first_bad;
    std::string repaired;
  };
  const std::string r = "\xEF\xBF\xBD";
  const Row rows[] = {
      {"a lone continuation", "a\x80", 1, "a" + r},
      {"cut off at the end", "a\xE2\x82", 1, "a" + r + r},
      {"overlong slash", "\xC0\xAF", 0, r + r},
      {"a surrogate", "\xED\xA0\x80", 0, r + r + r},
      {"past U+10FFFF", "\xF4\x90\x80\x80", 0, r + r + r + r},
      {"good after bad", "\xFFz", 0, r + "z"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(first_invalid_utf8(row.text), row.first_bad) << row.name;
    EXPECT_EQ(replace_invalid_utf8(row.text), row.repaired) << row.name;
  }
}

}  // namespace
}  // namespace plimsoll::text

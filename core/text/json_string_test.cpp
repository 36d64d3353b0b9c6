#include "core/text/json_string.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace plimsoll::text {
namespace {

using nlohmann::json;

std::string escaped(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonStringTest, ReadsBackAsWhatItWas) {
  for (const std::string text :
       {"", "plain", "a\"b\\c/d", "\x01\x1f\x7f\n\r\t", "gr\xC3\xBC\xC3\x9F", "\xE2\x82\xAC",
        "\xF0\x9F\x9A\xA2", "<script>"}) {
    EXPECT_EQ(json::parse(escaped(text)).get<std::string>(), text);
  }
  EXPECT_EQ(json::parse(escaped(std::string_view{"a\0b", 3})).get<std::string>().size(), 3U);
}

TEST(JsonStringTest, HoldsAReplacementForWhatIsNotUtf8) {
  EXPECT_EQ(escaped("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
  for (const auto* bad : {"\x80", "\xC0\xAF", "\xE2\x82", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                          "\xF8\x88\x80\x80\x80", "\xC3"}) {
    const auto text = json::parse(escaped(bad)).get<std::string>();
    EXPECT_EQ(text.find("\xEF\xBF\xBD"), 0U);
  }
}

}  // namespace
}  // namespace plimsoll::text

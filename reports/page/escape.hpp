// Text made safe inside XML 1.0 and HTML, as content and between double quotes. Bytes that are not
// UTF-8, and characters that XML 1.0 cannot hold at all, become U+FFFD. Source:
// https://www.w3.org/TR/xml/#charsets. Thread-safety: pure functions.
#pragma once
#include <string>
#include <string_view>

namespace plimsoll::reports::page {

// For anywhere: line breaks and tabs become references, so that attributes keep them.
[[nodiscard]] std::string escape(std::string_view text);
// For content only: line breaks and tabs stay as they are.
[[nodiscard]] std::string escape_content(std::string_view text);

// A file's path relative to the report as an href: percent-encoded, never another scheme or host.
[[nodiscard]] std::string relative_href(std::string_view path);

}  // namespace plimsoll::reports::page

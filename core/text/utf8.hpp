// UTF-8 as files that others read need it. Source: https://www.unicode.org/versions/latest/ table
// 3-7 (no overlong forms, no surrogates, nothing past U+10FFFF). Thread-safety: pure functions.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace plimsoll::text {

// The length in bytes of the character that the text begins with; 0 where that is not valid UTF-8.
[[nodiscard]] std::size_t first_character(std::string_view text) noexcept;

// The offset of the first byte that is not part of valid UTF-8; npos where all is well.
[[nodiscard]] std::size_t first_invalid_utf8(std::string_view text) noexcept;

// Each byte that is not part of valid UTF-8 becomes U+FFFD.
[[nodiscard]] std::string replace_invalid_utf8(std::string_view text);

}  // namespace plimsoll::text

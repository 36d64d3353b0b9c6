// Text of any origin, made safe to print on a terminal: valid UTF-8 without control characters.
// Thread-safety: pure functions.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace plimsoll::text {

// Control characters, those that turn the direction of writing round, and bytes that are not UTF-8
// become U+FFFD. Tabs and line breaks stay, the latter as \n.
[[nodiscard]] std::string printable(std::string_view text);

// As printable, but on one line: line breaks and tabs become single spaces.
[[nodiscard]] std::string one_line(std::string_view text);

// How many characters wide a text is, counting each character as one.
[[nodiscard]] std::size_t width(std::string_view text) noexcept;

}  // namespace plimsoll::text

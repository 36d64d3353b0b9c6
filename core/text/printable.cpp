#include "core/text/printable.hpp"

#include <algorithm>

#include "core/text/utf8.hpp"

namespace plimsoll::text {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// U+202A..U+202E and U+2066..U+2069: they can make a line read as something that it is not.
bool turns_direction(std::string_view character) noexcept {
  return (character >= "\xE2\x80\xAA" && character <= "\xE2\x80\xAE") ||
         (character >= "\xE2\x81\xA6" && character <= "\xE2\x81\xA9");
}

// C0, DEL and C1: what a terminal may obey.
bool is_control(std::string_view character) noexcept {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 2)
    return first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
  return first < 0x20 || first == 0x7F;
}

bool continues(char byte) noexcept { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

}  // namespace

std::string printable(std::string_view text) {
  const auto valid = replace_invalid_utf8(text);
  std::string safe;
  safe.reserve(valid.size());
  for (std::size_t index = 0; index < valid.size();) {
    auto end = index + 1;
    while (end < valid.size() && continues(valid[end])) ++end;
    const auto character = std::string_view(valid).substr(index, end - index);
    index = end;
    if (character == "\r") {
      if (index == valid.size() || valid[index] != '\n') safe += '\n';
      continue;
    }
    const bool keep = character == "\n" || character == "\t" || !is_control(character);
    safe += keep && !turns_direction(character) ? character : kReplacement;
  }
  return safe;
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : printable(text)) {
    if (c != '\n' && c != '\t')
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

std::size_t width(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !continues(byte); }));
}

}  // namespace plimsoll::text

#include "core/text/utf8.hpp"

namespace plimsoll::text {
namespace {

unsigned byte_at(std::string_view text, std::size_t index) {
  return index < text.size() ? static_cast<unsigned char>(text[index]) : 0U;
}

}  // namespace

std::size_t first_character(std::string_view text) noexcept {
  const auto first = byte_at(text, 0);
  if (first < 0x80) return 1;
  const auto second = byte_at(text, 1);
  const auto continues = [&](std::size_t offset) {
    return (byte_at(text, offset) & 0xC0U) == 0x80U;
  };
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;
    return second >= low && second <= high && continues(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    return second >= low && second <= high && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

std::size_t first_invalid_utf8(std::string_view text) noexcept {
  for (std::size_t index = 0; index < text.size();) {
    const auto length = first_character(text.substr(index));
    if (length == 0) return index;
    index += length;
  }
  return std::string_view::npos;
}

std::string replace_invalid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  for (std::size_t index = 0; index < text.size();) {
    const auto length = first_character(text.substr(index));
    valid += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(index, length);
    index += length == 0 ? 1 : length;
  }
  return valid;
}

}  // namespace plimsoll::text

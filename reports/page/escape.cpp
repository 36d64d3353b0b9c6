#include "reports/page/escape.hpp"

#include <fmt/format.h>

#include "core/text/utf8.hpp"

namespace plimsoll::reports::page {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool is_noncharacter(std::string_view text, std::size_t index) noexcept {
  const auto three = text.substr(index, 3);
  return three == "\xEF\xBF\xBE" || three == "\xEF\xBF\xBF";  // U+FFFE, U+FFFF
}

bool is_unreserved(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~' || c == '/';
}

// What stands for a character of one byte; empty where it may stay.
std::string_view reference(char c, bool in_attribute) noexcept {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    case '\r':
      return "&#13;";
    case '\n':
      return in_attribute ? "&#10;" : "";
    case '\t':
      return in_attribute ? "&#9;" : "";
    default:
      return static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? kReplacement : "";
  }
}

std::string escaped(std::string_view text, bool in_attribute) {
  const auto valid = text::replace_invalid_utf8(text);
  std::string safe;
  safe.reserve(valid.size());
  for (std::size_t index = 0; index < valid.size(); ++index) {
    if (is_noncharacter(valid, index)) {
      safe += kReplacement;
      index += 2;
    } else if (const auto stand_in = reference(valid[index], in_attribute); !stand_in.empty()) {
      safe += stand_in;
    } else {
      safe += valid[index];
    }
  }
  return safe;
}

}  // namespace

std::string escape(std::string_view text) { return escaped(text, true); }

std::string escape_content(std::string_view text) { return escaped(text, false); }

std::string relative_href(std::string_view path) {
  std::string href = "./";
  for (const char c : path) {
    if (is_unreserved(c))
      href += c;
    else
      href += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return href;
}

}  // namespace plimsoll::reports::page

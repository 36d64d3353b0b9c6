#include "reports/escape.hpp"

#include <fmt/format.h>

#include "reports/utf8.hpp"

namespace plimsoll::reports {
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

}  // namespace

std::string escape(std::string_view text) {
  const auto valid = replace_invalid_utf8(text);
  std::string safe;
  safe.reserve(valid.size());
  for (std::size_t index = 0; index < valid.size(); ++index) {
    const char c = valid[index];
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&') {
      safe += "&amp;";
    } else if (c == '<') {
      safe += "&lt;";
    } else if (c == '>') {
      safe += "&gt;";
    } else if (c == '"') {
      safe += "&quot;";
    } else if (c == '\'') {
      safe += "&#39;";
    } else if (c == '\n' || c == '\t' || c == '\r') {
      safe += fmt::format("&#{};", byte);
    } else if (byte < 0x20 || byte == 0x7F) {
      safe += kReplacement;
    } else if (is_noncharacter(valid, index)) {
      safe += kReplacement;
      index += 2;
    } else {
      safe += c;
    }
  }
  return safe;
}

std::string relative_href(std::string_view path) {
  std::string href = "./";
  for (const char c : path) {
    if (is_unreserved(c)) {
      href += c;
    } else {
      href += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return href;
}

}  // namespace plimsoll::reports

#include "target/answer.hpp"

#include <fmt/format.h>

#include <boost/beast/http/status.hpp>
#include <iterator>

namespace plimsoll::target {
namespace {

// The length of the UTF-8 sequence that text starts with; 0 where it is not one (overlong forms,
// surrogates and everything past U+10FFFF included).
std::size_t utf8_length(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto between = [](unsigned value, unsigned low, unsigned high) {
    return value >= low && value <= high;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  const bool second = between(byte(1),
                              lead == 0xE0   ? 0xA0
                              : lead == 0xF0 ? 0x90
                                             : 0x80,
                              lead == 0xED   ? 0x9F
                              : lead == 0xF4 ? 0x8F
                                             : 0xBF);
  const bool third = between(byte(2), 0x80, 0xBF);
  if (between(lead, 0xC2, 0xDF) && second) return 2;
  if (between(lead, 0xE0, 0xEF) && second && third) return 3;
  if (between(lead, 0xF0, 0xF4) && second && third && between(byte(3), 0x80, 0xBF)) return 4;
  return 0;
}

void append_escaped(std::string& out, char character) {
  switch (character) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      if (static_cast<unsigned char>(character) < 0x20) {
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(character));
      } else {
        out += character;
      }
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const auto length = utf8_length(text);
    if (length == 1) {
      append_escaped(out, text.front());
    } else if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

Answer refusal(unsigned status, std::string_view message) {
  Answer answer{.status = status};
  answer.body = "{\"error\":";
  append_json_string(answer.body, message);
  answer.body += "}\n";
  answer.retry_later = status == 503;
  return answer;
}

std::string_view reason_phrase(unsigned status) noexcept {
  namespace http = boost::beast::http;
  const auto known = http::int_to_status(status);
  if (known == http::status::unknown) return {};
  const auto phrase = http::obsolete_reason(known);
  return {phrase.data(), phrase.size()};
}

}  // namespace plimsoll::target

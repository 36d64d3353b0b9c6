// http[s]://host[:port][/path][?query], the kinds of URL that loadgen loads. Errors: exit code 2.
// Thread-safety: pure functions. Source: RFC 9110 section 4.2, RFC 3986.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result/result.hpp"

namespace plimsoll::loadgen::request {

struct Url {
  std::string host;  // a name, an IPv4 address, or an IPv6 address without its brackets
  bool tls = false;
  std::uint16_t port = 80;
  std::string target = "/";  // path and query
  std::string
      authority;  // as the Host header wants it: brackets, and the port unless it is the scheme's
};

[[nodiscard]] Result<Url> parse_url(std::string_view text);

// Whether text can be sent as a part of a URL: no space, no control and no non-ASCII character.
[[nodiscard]] bool is_visible_ascii(std::string_view text);

}  // namespace plimsoll::loadgen::request

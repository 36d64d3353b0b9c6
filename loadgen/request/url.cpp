#include "loadgen/request/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace plimsoll::loadgen::request {
namespace {

Error refused(std::string_view text, std::string_view reason) {
  return invalid_input(fmt::format("'{}' is not a URL to load: {}", text, reason));
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_' || c == ':' || c == '%';
}

}  // namespace

bool is_visible_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) > ' ' && static_cast<unsigned char>(c) < 127;
  });
}

Result<Url> parse_url(std::string_view text) {
  constexpr std::string_view kPlain = "http://";
  constexpr std::string_view kTls = "https://";
  Url url;
  url.tls = text.starts_with(kTls);
  if (!url.tls && !text.starts_with(kPlain))
    return refused(text, "write it as http://host:port/path or https://host:port/path");
  const std::uint16_t usual_port = url.port = url.tls ? 443 : 80;
  std::string_view rest = text.substr(url.tls ? kTls.size() : kPlain.size());
  if (!is_visible_ascii(rest))
    return refused(text,
                   "it has a space, a control character or a non-ASCII character: write it "
                   "as %20 and the like");
  rest = rest.substr(0, rest.find('#'));

  const auto end = std::min(rest.find_first_of("/?"), rest.size());
  std::string_view authority = rest.substr(0, end);
  if (end < rest.size()) url.target = (rest[end] == '?' ? "/" : "") + std::string(rest.substr(end));
  if (authority.find('@') != std::string_view::npos)
    return refused(text, "a user name belongs into -H 'Authorization: ...'");

  std::string_view port;
  if (authority.starts_with('[')) {
    const auto close = authority.find(']');
    if (close == std::string_view::npos) return refused(text, "the ] after the address is missing");
    url.host = authority.substr(1, close - 1);
    port = authority.substr(close + 1);
    url.authority = fmt::format("[{}]", url.host);
  } else {
    const auto colon = authority.find(':');
    url.host = authority.substr(0, colon);
    port = colon == std::string_view::npos ? "" : authority.substr(colon);
    url.authority = url.host;
    if (url.host.find(':') != std::string::npos) return refused(text, "the host is not valid");
  }
  if (url.host.empty() || !std::all_of(url.host.begin(), url.host.end(), is_host_character))
    return refused(text, "the host is not valid");
  if (!port.empty()) {
    const auto* last = port.data() + port.size();
    const auto [stop, error] = std::from_chars(port.data() + 1, last, url.port);
    if (port.front() != ':' || port.size() < 2 || error != std::errc{} || stop != last ||
        url.port == 0)
      return refused(text, "the port is not a number from 1 to 65535");
  }
  if (url.port != usual_port) url.authority += fmt::format(":{}", url.port);
  return url;
}

}  // namespace plimsoll::loadgen::request

#include "target/redis/url.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "core/text/percent.hpp"

namespace plimsoll::target::redis {
namespace {

constexpr std::string_view kScheme = "redis://";
constexpr unsigned kMostDatabase = 1U << 20U;

Error refused(std::string_view why) {
  return invalid_input(fmt::format("{}; expected redis://[:password@]host:port/database", why));
}

std::optional<unsigned> whole(std::string_view text, unsigned most) {
  unsigned value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || value > most) return std::nullopt;
  return value;
}

// Cuts text at the mark; what is behind it is the result, empty where there is no mark.
std::string_view cut(std::string_view& text, std::size_t mark) {
  if (mark == std::string_view::npos) return {};
  const auto rest = text.substr(mark + 1);
  text = text.substr(0, mark);
  return rest;
}

// "host", "host:6379", "[::1]:6379"
Result<void> read_address(std::string_view text, Url& url) {
  std::string_view port;
  bool has_port = false;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return refused("'[' without ']' around the host");
    const auto rest = text.substr(end + 1);
    url.host = text.substr(1, end - 1);
    has_port = rest.starts_with(':');
    if (!rest.empty() && !has_port) return refused("something between the host and the port");
    if (has_port) port = rest.substr(1);
  } else {
    const auto colon = text.find(':');
    has_port = colon != std::string_view::npos;
    port = cut(text, colon);
    url.host = text;
  }
  if (url.host.empty()) return refused("no host");
  if (!has_port) return {};
  const auto number = whole(port, 65535);
  if (!number || *number == 0)
    return refused(fmt::format("expected a port from 1 to 65535, found '{}'", port));
  url.port = static_cast<std::uint16_t>(*number);
  return {};
}

}  // namespace

std::string Url::where() const {
  const bool v6 = host.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

Result<Url> parse_url(std::string_view text) {
  if (text.starts_with("rediss://")) return refused("rediss:// (TLS) is not supported");
  if (!text.starts_with(kScheme)) return refused("does not start with redis://");
  text.remove_prefix(kScheme.size());
  Url url;
  // The last '@', because people do not encode the one in their password.
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    auto user = text.substr(0, at);
    const auto password = cut(user, user.find(':'));
    if (password.empty()) return refused("no password before '@'");
    url.user = text::percent_decode(user);
    url.password = text::percent_decode(password);
    text.remove_prefix(at + 1);
  }
  if (text.find_first_of("?#") != std::string_view::npos)
    return refused("parameters after '?' or '#' are not understood");
  if (const auto database = cut(text, text.find('/')); !database.empty()) {
    const auto number = whole(database, kMostDatabase);
    if (!number) return refused(fmt::format("expected a database's number, found '{}'", database));
    url.database = *number;
  }
  if (auto read = read_address(text, url); !read) return read.error();
  return url;
}

}  // namespace plimsoll::target::redis

#include "loadgen/request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace plimsoll::loadgen {
namespace {

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

struct Header {
  std::string name;
  std::string value;
};

Result<Header> parse_header(std::string_view text) {
  const auto colon = text.find(':');
  const auto name = text.substr(0, colon);
  if (colon == std::string_view::npos || !is_token(name))
    return usage_error(fmt::format("'{}' is not a header: write it as 'Name: value'", text));
  auto value = text.substr(colon + 1);
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
    return usage_error(fmt::format("the value of header '{}' has a line break", name));
  const auto key = lower(name);
  if (key == "content-length" || key == "transfer-encoding")
    return usage_error(
        fmt::format("header '{}' is set by loadgen itself: leave it out and use --body", name));
  return Header{std::string(name), std::string(value)};
}

}  // namespace

Result<Request> render_request(const Url& url, const RequestOptions& options) {
  if (!is_token(options.method))
    return usage_error(fmt::format("'{}' is not an HTTP method", options.method));
  if (options.method == "CONNECT")
    return usage_error("method CONNECT opens a tunnel, which loadgen cannot load");
  std::string fields;
  bool has_host = false;
  bool has_agent = false;
  bool has_connection = false;
  for (const auto& text : options.headers) {
    const auto header = parse_header(text);
    if (!header) return header.error();
    const auto key = lower(header->name);
    has_host |= key == "host";
    has_agent |= key == "user-agent";
    has_connection |= key == "connection";
    fields += fmt::format("{}: {}\r\n", header->name, header->value);
  }
  if (!has_host) fields = fmt::format("Host: {}\r\n", url.authority) + fields;
  if (!has_agent) fields += "User-Agent: plimsoll-loadgen/" PLIMSOLL_VERSION "\r\n";
  const bool may_have_body =
      options.method == "POST" || options.method == "PUT" || options.method == "PATCH";
  if (!options.body.empty() || may_have_body)
    fields += fmt::format("Content-Length: {}\r\n", options.body.size());

  const std::string line = fmt::format("{} {} HTTP/1.1\r\n", options.method, url.target);
  constexpr std::array kIdempotent = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"};
  Request request;
  request.bytes = line + fields + "\r\n" + options.body;
  request.last_bytes =
      has_connection ? request.bytes : line + fields + "Connection: close\r\n\r\n" + options.body;
  request.head = options.method == "HEAD";
  request.idempotent =
      std::find(kIdempotent.begin(), kIdempotent.end(), options.method) != kIdempotent.end();
  return request;
}

}  // namespace plimsoll::loadgen

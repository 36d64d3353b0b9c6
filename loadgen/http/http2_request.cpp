#include "loadgen/http/http2_request.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/core/string.hpp>

namespace plimsoll::loadgen::http {
namespace {

using boost::beast::iequals;

// Takes what is in front of end away from text, and end too.
std::string_view take(std::string_view& text, std::string_view end) {
  const auto at = std::min(text.find(end), text.size());
  const auto part = text.substr(0, at);
  text.remove_prefix(std::min(at + end.size(), text.size()));
  return part;
}

bool belongs_to_http1(std::string_view name) {
  constexpr std::array<std::string_view, 5> kNames = {
      "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [name](auto other) { return iequals(name, other); });
}

}  // namespace

std::string_view split_request(std::string_view request, std::string_view scheme,
                               std::vector<Http2Field>& fields) {
  fields.clear();
  const auto method = take(request, " ");
  const auto path = take(request, " ");
  (void)take(request, "\r\n");
  fields.push_back({":method", method});
  fields.push_back({":scheme", scheme});
  fields.push_back({":authority", {}});
  fields.push_back({":path", path});
  for (auto line = take(request, "\r\n"); !line.empty(); line = take(request, "\r\n")) {
    const auto name = take(line, ":");
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    line = line.substr(0, line.find_last_not_of(" \t") + 1);
    if (iequals(name, "host"))
      fields[2].value = line;
    else if (!belongs_to_http1(name) && !(iequals(name, "te") && !iequals(line, "trailers")))
      fields.push_back({name, line});
  }
  return request;
}

}  // namespace plimsoll::loadgen::http

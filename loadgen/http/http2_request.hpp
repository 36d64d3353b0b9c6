// An HTTP/1.1 request, as bytes, taken apart into what HTTP/2 wants: pseudo headers first, no
// connection headers, Host as :authority. Names are lower-cased by nghttp2.
// Thread-safety: pure functions. Source: RFC 9113 sections 8.2.2 and 8.3.1.
#pragma once
#include <string_view>
#include <vector>

namespace plimsoll::loadgen::http {

struct Http2Field {
  std::string_view name;
  std::string_view value;
};

// Fills fields, which point into request; returns its body. Precondition: request is one that
// loadgen has rendered.
[[nodiscard]] std::string_view split_request(std::string_view request, std::string_view scheme,
                                             std::vector<Http2Field>& fields);

}  // namespace plimsoll::loadgen::http

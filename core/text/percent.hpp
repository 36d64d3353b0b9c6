// Percent-encoding, read leniently (RFC 3986, section 2.1). Thread-safety: pure functions.
#pragma once
#include <string>
#include <string_view>

namespace plimsoll::text {

// "%" followed by two hexadecimal digits becomes that byte; any other "%" stays as it is.
[[nodiscard]] std::string percent_decode(std::string_view text);

}  // namespace plimsoll::text

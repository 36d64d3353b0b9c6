// Text as a string of JSON, for output that is written piece by piece (RFC 8259, section 7).
// Thread-safety: pure functions.
#pragma once
#include <string>
#include <string_view>

namespace plimsoll::text {

// Appends the text with its quotes; what is not UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace plimsoll::text

// Base64 with padding (RFC 4648 section 4), as HdrHistogram's logs carry it. decode is strict:
// nullopt for a character outside the alphabet or a wrong length. Thread-safety: pure functions.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::latency {

[[nodiscard]] std::string base64_encode(std::string_view bytes);
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

}  // namespace plimsoll::latency

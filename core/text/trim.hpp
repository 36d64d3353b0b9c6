// Text without the spaces around it. Thread-safety: pure functions.
#pragma once
#include <string_view>

namespace plimsoll::text {

[[nodiscard]] constexpr std::string_view trim(std::string_view text) noexcept {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace plimsoll::text

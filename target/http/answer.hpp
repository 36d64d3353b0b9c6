// What an endpoint answers, before it becomes bytes. Thread-safety: values and pure functions.
#pragma once
#include <string>
#include <string_view>

namespace plimsoll::target::http {

inline constexpr std::string_view kJson = "application/json";

struct Answer {
  unsigned status = 200;
  std::string body = {};
  std::string_view content_type = kJson;
  std::string_view allow = {};  // for 405
  bool retry_later = false;     // for 503: Retry-After
};

// {"error":"..."}
[[nodiscard]] Answer refusal(unsigned status, std::string_view message);

// "OK", "Not Found"; "" for a status without a registered phrase.
[[nodiscard]] std::string_view reason_phrase(unsigned status) noexcept;

// May an answer with this status carry a body?
[[nodiscard]] constexpr bool has_body(unsigned status) noexcept {
  return status >= 200 && status != 204 && status != 304;
}

}  // namespace plimsoll::target::http

#include "target/logging/trace.hpp"

namespace plimsoll::target::logging {
namespace {

constexpr std::size_t kMostRequestId = 128;
constexpr std::string_view kHexadecimal = "0123456789abcdef";

bool all_hexadecimal(std::string_view text) noexcept {
  return text.find_first_not_of(kHexadecimal) == std::string_view::npos;
}

bool all_zero(std::string_view text) noexcept {
  return text.find_first_not_of('0') == std::string_view::npos;
}

}  // namespace

// version-traceid-parentid-flags: 2, 32, 16 and 2 digits. Version ff is invalid; versions above 00
// may have more behind another dash.
std::string_view trace_id(std::string_view traceparent) noexcept {
  constexpr std::size_t kLength = 55;
  if (traceparent.size() < kLength || traceparent[2] != '-' || traceparent[35] != '-' ||
      traceparent[52] != '-')
    return {};
  const auto version = traceparent.substr(0, 2);
  const auto id = traceparent.substr(3, 32);
  const auto parent = traceparent.substr(36, 16);
  if (!all_hexadecimal(version) || version == "ff" || !all_hexadecimal(id) || all_zero(id) ||
      !all_hexadecimal(parent) || all_zero(parent) || !all_hexadecimal(traceparent.substr(53, 2)))
    return {};
  if (traceparent.size() > kLength && (version == "00" || traceparent[kLength] != '-')) return {};
  return id;
}

std::string_view correlation_id(std::string_view request_id,
                                std::string_view traceparent) noexcept {
  if (!request_id.empty()) return request_id.substr(0, kMostRequestId);
  return trace_id(traceparent);
}

}  // namespace plimsoll::target::logging

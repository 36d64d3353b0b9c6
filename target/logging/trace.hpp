// What ties a request's log line to those of other services. Thread-safety: pure functions.
// Source: https://www.w3.org/TR/trace-context/#traceparent-header
#pragma once
#include <string_view>

namespace plimsoll::target::logging {

// The trace id of a traceparent header, 32 lower-case hexadecimal digits; empty where it is
// invalid.
[[nodiscard]] std::string_view trace_id(std::string_view traceparent) noexcept;

// X-Request-ID, at most 128 characters of it; without one the trace id.
[[nodiscard]] std::string_view correlation_id(std::string_view request_id,
                                              std::string_view traceparent) noexcept;

}  // namespace plimsoll::target::logging

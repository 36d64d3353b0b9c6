// The time of day in the observation log. Units: UTC, milliseconds. Errors: nullopt. Thread-safety:
// pure functions. Source: RFC 3339.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::engine::log {

using WallTime = std::chrono::system_clock::time_point;

// "2026-08-21T10:00:00.123Z" and back; nullopt where the text is no such time.
[[nodiscard]] std::string format_wall_time(WallTime time);
[[nodiscard]] std::optional<WallTime> parse_wall_time(std::string_view text);

}  // namespace plimsoll::engine::log

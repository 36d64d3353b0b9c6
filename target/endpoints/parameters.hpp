// What the query of a request asks for, strictly read: a parameter that is missing, unknown, given
// twice, without its unit or too large is an Error whose message becomes the body of a 400.
// "%" followed by two hexadecimal digits is decoded; a "%" alone stays, so that cpu=150% needs no
// escape. Thread-safety: pure functions.
#pragma once
#include <string>
#include <string_view>
#include <variant>

#include "core/result/result.hpp"
#include "core/units/units.hpp"

namespace plimsoll::target::endpoints {

struct WorkRequest {
  units::Duration cpu;
};

struct WaitRequest {
  units::Duration length;
};

struct MemoryRequest {
  units::Bytes bytes;
  units::Duration hold;
};

struct RiseRequest {
  std::variant<units::Percent, units::Cores> cpu;  // a percentage is of the CPU limit
  units::Duration length;
};

inline constexpr units::Duration kLongestWork = std::chrono::minutes{1};
inline constexpr units::Duration kLongestWait = std::chrono::minutes{10};
inline constexpr units::Duration kLongestHold = std::chrono::hours{24};

[[nodiscard]] Result<WorkRequest> parse_work(std::string_view query);      // cpu=20ms
[[nodiscard]] Result<WaitRequest> parse_wait(std::string_view query);      // for=100ms
[[nodiscard]] Result<MemoryRequest> parse_memory(std::string_view query);  // bytes=64Mi&hold=30s
[[nodiscard]] Result<RiseRequest> parse_rise(std::string_view query);      // cpu=150%&for=2m
// "/status/503" -> 503; from 200 to 599.
[[nodiscard]] Result<unsigned> parse_status(std::string_view path);

}  // namespace plimsoll::target::endpoints

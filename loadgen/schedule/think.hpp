// The pause of a closed loop between an answer and the next request of its connection: "100ms", or
// "50ms..200ms", uniform between the two. Pure: decided by --seed and the number of the request
// before the pause. Errors: exit code 2. Thread-safety: values, pure functions.
#pragma once
#include <cstdint>
#include <string_view>

#include "core/result/result.hpp"
#include "core/units/units.hpp"

namespace plimsoll::loadgen::schedule {

struct ThinkTime {
  units::Duration shortest{0};
  units::Duration longest{0};

  // After the request with this number.
  [[nodiscard]] std::int64_t after(std::uint64_t seed, std::uint64_t seq) const noexcept;
  // Before the first request of a connection: a random part of a pause, so that connections do not
  // all send at the same times.
  [[nodiscard]] std::int64_t at_start(std::uint64_t seed, std::uint64_t connection) const noexcept;
};

[[nodiscard]] Result<ThinkTime> parse_think(std::string_view text);

}  // namespace plimsoll::loadgen::schedule

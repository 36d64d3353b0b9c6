// A request from the moment it is due until it has ended. Times are nanoseconds of the steady
// clock.
#pragma once
#include <cstdint>

#include "loadgen/request/mix.hpp"
#include "loadgen/stats/thread_statistics.hpp"

namespace plimsoll::loadgen::client {

struct PlannedRequest {
  std::int64_t planned = 0;
  std::uint32_t phase = 0;
  request::RequestChoice choice{};
  bool counted_as_sent = false;  // it may be sent again, and is counted once
  unsigned refusals = 0;         // how often the server would not even look at it

  [[nodiscard]] stats::RequestKey key() const noexcept { return {phase, choice.entry}; }
};

}  // namespace plimsoll::loadgen::client

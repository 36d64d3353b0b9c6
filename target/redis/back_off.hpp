// How long to wait before the next try: twice as long after each failure, up to a bound, and a
// random part less, so that many pods do not come back in step. Not thread-safe.
// Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ ("equal
// jitter")
#pragma once
#include <algorithm>

#include "core/units/units.hpp"

namespace plimsoll::target::redis {

class BackOff {
 public:
  constexpr BackOff(units::Duration first, units::Duration most)
      : first_{first}, most_{most}, next_{first} {}

  // random: from 0 to 1. The result is between a half and the whole of the step.
  constexpr units::Duration next(double random) {
    const auto whole = next_;
    next_ = std::min(most_, next_ * 2);
    return whole - units::Duration{static_cast<units::Duration::rep>(
                       random * 0.5 * static_cast<double>(whole.count()))};
  }
  constexpr void reset() { next_ = first_; }

 private:
  units::Duration first_;
  units::Duration most_;
  units::Duration next_;
};

}  // namespace plimsoll::target::redis

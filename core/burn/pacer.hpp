// How much CPU time a thread has to burn in its next slot so that its use follows a plan exactly in
// the long run. Integral control: what was missed is made up for, but never more than a second's
// worth of it, and never faster than the ceiling. Pure: no clock. Not thread-safe: one per thread.
#pragma once
#include "core/units/units.hpp"

namespace plimsoll::burn {

class Pacer {
 public:
  // slot: time between two calls; catch_up: what was missed longer ago than this is forgiven.
  Pacer(units::Duration slot, units::Duration catch_up) noexcept;

  // until: end of the coming slot, since the start; used: CPU time used since the start.
  // share: cores to give from here on; ceiling: cores never to exceed (0..1 both).
  [[nodiscard]] units::Duration next(units::Duration until, units::Duration used, double share,
                                     double ceiling) noexcept;

  // Gives up what was missed: for a new aim, to which the old one's debt does not belong.
  void forgive(units::Duration used) noexcept;

  // CPU time that was planned, could not be had, and was given up.
  [[nodiscard]] units::Duration forgiven() const noexcept;

 private:
  double slot_;  // nanoseconds, all four: fractions of them add up over hours
  double catch_up_;
  double planned_ = 0;
  double forgiven_ = 0;
  units::Duration until_{0};
};

}  // namespace plimsoll::burn

// How long a thread may run before others get their turn. A thread that asks for short slices runs
// as soon as it wakes up, where one with Linux' usual ones (some ms) has to wait until the slice of
// the thread before it is over. Its share of the CPU stays the same, and so does that of the
// others. Needs no privilege. Linux 6.12 and later; before that it changes nothing.
// Source: https://docs.kernel.org/scheduler/sched-eevdf.html, sched_setattr(2)
#pragma once
#include <optional>

#include "core/units/units.hpp"

namespace plimsoll::target {

// For the calling thread; threads that it starts get the usual ones.
void ask_for_short_time_slices() noexcept;

// Of the calling thread; nullopt where the kernel does not tell.
[[nodiscard]] std::optional<units::Duration> time_slice() noexcept;

}  // namespace plimsoll::target

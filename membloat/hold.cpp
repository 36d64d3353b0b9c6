// How a level is held, or moved up and down by a shape.
#include <fmt/format.h>

#include <algorithm>

#include "membloat/fill.hpp"

namespace plimsoll::membloat {
namespace {

constexpr std::chrono::seconds kTick{1};
constexpr std::chrono::milliseconds kShapeTick{100};
constexpr std::chrono::seconds kAnnounceHold{10};

std::string shown(std::uint64_t bytes) { return units::format_bytes({bytes}); }

}  // namespace

void Fill::note_level() {
  measured_.lowest = std::min(measured_.lowest, level());
  measured_.highest = std::max(measured_.highest, level());
}

void Fill::keep_level() {
  if (!plan_.of_usage || !now_) return;
  const std::uint64_t usage = now_->usage.count;
  // Leaves alone what is only the kernel's batching.
  const std::uint64_t slack = std::max(*plan_.limit / 400, std::uint64_t{256} * 1024);
  if (usage > plan_.goal + slack) {
    memory_->shrink((usage - plan_.goal) / kPage * kPage);
  } else if (usage + slack < plan_.goal) {
    const auto missing = (plan_.goal - usage) / kPage * kPage;
    if (!spares_the_machine(missing)) return;
    if (const auto grown = memory_->grow(missing); !grown) fail(grown.error());
  }
}

void Fill::hold() {
  const auto begin = Clock::now();
  const auto end = begin + options_.hold;
  auto announced = begin - kAnnounceHold;
  measured_.lowest = ~std::uint64_t{0};
  while (true) {
    look();
    if (ended()) return;
    note_level();
    const auto now = Clock::now();
    if (now >= end) return;
    if (!options_.common.quiet && now >= announced + kAnnounceHold) {
      announced = now;
      say(fmt::format("holding {} for {:.0f}s of {:.0f}s", shown(level()),
                      units::seconds(now - begin), units::seconds(options_.hold)));
    }
    keep_level();
    if (ended() || !wait_until(std::min<Clock::time_point>(now + kTick, end))) return;
  }
}

void Fill::move_to(std::uint64_t wanted) {
  const std::uint64_t have = level();
  if (wanted < have) {
    memory_->shrink((have - wanted) / kPage * kPage);
  } else if (const auto missing = (wanted - have) / kPage * kPage; missing > 0) {
    if (!spares_the_machine(missing)) return;
    if (const auto grown = memory_->grow(missing); !grown) fail(grown.error());
  }
}

void Fill::follow_shape() {
  const auto begin = Clock::now();
  const auto end = begin + options_.hold;
  auto announced = begin - kAnnounceHold;
  measured_.lowest = ~std::uint64_t{0};
  measured_.shaped = 0;
  for (auto next = begin; !ended() && next < end; next += kShapeTick) {
    // What lies behind is left out, not made up for.
    next = std::max<Clock::time_point>(next, Clock::now() - kShapeTick);
    if (!wait_until(next)) return;
    look();
    if (ended()) return;
    const auto goal = static_cast<std::uint64_t>(static_cast<double>(plan_.goal) *
                                                 options_.shape->at(next - begin));
    move_to(goal);
    measured_.shaped = std::max(*measured_.shaped, goal);
    look();
    if (ended()) return;
    note_level();
    if (options_.common.quiet || next < announced + kAnnounceHold) continue;
    announced = next;
    say(fmt::format("at {} of {}, {:.0f}s of {:.0f}s", shown(level()), shown(plan_.goal),
                    units::seconds(next - begin), units::seconds(options_.hold)));
  }
}

}  // namespace plimsoll::membloat

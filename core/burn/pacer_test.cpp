#include "core/burn/pacer.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace plimsoll::burn {
namespace {

using namespace std::chrono_literals;
using units::Duration;

constexpr Duration kSlot = 10ms;

// A thread that gets given of each slot at most, for the slots first to last (not included).
Duration run(Pacer& pacer, int first, int last, double share, double given, Duration used = 0ns,
             double ceiling = 1) {
  for (int slot = first; slot < last; ++slot) {
    const auto want = pacer.next(kSlot * (slot + 1), used, share, ceiling);
    used += std::min(want, units::from_seconds(units::seconds(kSlot) * given));
  }
  return used;
}

TEST(PacerTest, UseFollowsTheShareExactly) {
  for (const double share : {0.005, 0.05, 0.4, 0.9, 1.0}) {
    Pacer pacer{kSlot, 1s};
    EXPECT_NEAR(units::seconds(run(pacer, 0, 500, share, 1)), 5 * share, 1e-6) << share;
    EXPECT_EQ(pacer.forgiven(), 0ns);
  }
}

TEST(PacerTest, OvershootInOneSlotIsTakenBackInTheNext) {
  Pacer pacer{kSlot, 1s};
  EXPECT_EQ(pacer.next(10ms, 0ns, 0.4, 1), 4ms);
  EXPECT_EQ(pacer.next(20ms, 7ms, 0.4, 1), 1ms);
  EXPECT_EQ(pacer.next(30ms, 15ms, 0.4, 1), 0ms);
}

TEST(PacerTest, AShortStarvationIsMadeUpFor) {
  Pacer pacer{kSlot, 1s};
  const auto starved = run(pacer, 0, 50, 0.4, 0.1);
  EXPECT_NEAR(units::seconds(run(pacer, 50, 500, 0.4, 1, starved)), 2.0, 1e-3);
}

TEST(PacerTest, ALongStarvationIsForgivenAndCounted) {
  Pacer pacer{kSlot, 1s};
  const auto starved = run(pacer, 0, 1000, 0.4, 0);
  EXPECT_EQ(starved, 0ns);
  const auto used = run(pacer, 1000, 2000, 0.4, 1, starved);
  // Ten seconds' worth was missed, one second's worth is made up for.
  EXPECT_NEAR(units::seconds(used), 4.0 + 0.4, 0.02);
  EXPECT_NEAR(units::seconds(pacer.forgiven()), 4.0 - 0.4, 0.02);
}

TEST(PacerTest, CatchingUpStaysBelowTheCeiling) {
  Pacer pacer{kSlot, 1s};
  for (int slot = 0; slot < 100; ++slot)
    EXPECT_LE(pacer.next(kSlot * (slot + 1), 0ns, 0.4, 0.5), 5ms) << slot;
}

TEST(PacerTest, AChangedShareAppliesFromThereOn) {
  Pacer pacer{kSlot, 1s};
  const auto used = run(pacer, 0, 100, 0.45, 1);
  EXPECT_NEAR(units::seconds(run(pacer, 100, 200, 0.27, 1, used)), 0.45 + 0.27, 1e-6);
}

TEST(PacerTest, ADebtThatIsForgivenIsNotMadeUpFor) {
  Pacer pacer{kSlot, 1s};
  const auto starved = run(pacer, 0, 50, 0.4, 0.1);
  pacer.forgive(starved);
  EXPECT_NEAR(units::seconds(run(pacer, 50, 150, 0.2, 1, starved) - starved), 0.2, 1e-6);
}

}  // namespace
}  // namespace plimsoll::burn

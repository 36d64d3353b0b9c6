#include "core/burn/burner.hpp"

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>

#include "core/burn/pacer.hpp"
#include "core/machine/machine.hpp"

namespace plimsoll::burn {
namespace {

constexpr units::Duration kCatchUp = std::chrono::seconds{1};

using machine::thread_cpu;

// About 20 us of integer work: the thread's CPU clock is a system call, so it is not asked often.
void work(std::uint64_t& state) {
  for (int i = 0; i < 8192; ++i) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
  }
  // Keeps the compiler from dropping the loop.
  asm volatile("" : "+r"(state));
}

}  // namespace

Burner::Burner(shape::Ramped shape, units::Duration slot)
    : start_(Clock::now()), shape_(std::move(shape)), slot_(slot) {}

Burner::~Burner() { stop(); }

void Burner::aim(double cores, double ceiling, int threads) {
  const int count = std::max(threads, this->threads());
  share_ = std::min(1.0, cores / count);
  ceiling_ = std::min(1.0, ceiling / count);
  ++aims_;
  while (this->threads() < count) {
    const auto phase = slot_ * this->threads() / count;
    threads_.emplace_back([this, phase] { burn(phase); });
  }
}

void Burner::stop() {
  {
    const std::lock_guard lock{sleeping_};
    stop_ = true;
  }
  wake_.notify_all();
  threads_.clear();
}

void Burner::sleep_until(Clock::time_point then) {
  std::unique_lock lock{sleeping_};
  wake_.wait_until(lock, then, [this] { return stop_.load(std::memory_order_relaxed); });
}

int Burner::idle_slots(Clock::time_point slot_start) const {
  constexpr int kMost = 10;
  int slots = 0;
  while (slots < kMost && share_ * shape_.at(slot_start + slot_ * slots + slot_ / 2 - start_) == 0)
    ++slots;
  return slots;
}

void Burner::burn(units::Duration phase) {
  Pacer pacer{slot_, kCatchUp};
  std::uint64_t state = 0x9e3779b97f4a7c15U;
  const auto origin = std::max(start_, Clock::now() - slot_) + phase;
  const auto cpu_at_start = thread_cpu();
  auto slot_start = origin;
  int aims = aims_;
  while (!stop_.load(std::memory_order_relaxed)) {
    if (const int idle = idle_slots(slot_start); idle > 1) {
      sleep_until(slot_start + slot_ * idle);
      slot_start += slot_ * idle;
      // Nothing was planned in that time.
      std::ignore = pacer.next(slot_start - origin, thread_cpu() - cpu_at_start, 0, ceiling_);
      continue;
    }
    const auto slot_end = slot_start + slot_;
    const double part = shape_.at(slot_start + slot_ / 2 - start_);
    const auto used = thread_cpu() - cpu_at_start;
    if (const int now = aims_; now != aims) {
      aims = now;
      pacer.forgive(used);
    }
    const auto goal = used + pacer.next(slot_end - origin, used, share_ * part, ceiling_);
    while (thread_cpu() - cpu_at_start < goal && !stop_.load(std::memory_order_relaxed))
      work(state);
    sleep_until(slot_end);
    // After a throttled or starved stretch the slots that are over are skipped, not replayed.
    slot_start = slot_end + (std::max(Clock::now(), slot_end) - slot_end) / slot_ * slot_;
  }
}

units::Duration spend(units::Duration cpu, const std::atomic<bool>& stop) {
  std::uint64_t state = 0x9e3779b97f4a7c15U;
  const auto begin = thread_cpu();
  auto used = units::Duration::zero();
  while (used < cpu && !stop.load(std::memory_order_relaxed)) {
    work(state);
    used = thread_cpu() - begin;
  }
  return used;
}

}  // namespace plimsoll::burn

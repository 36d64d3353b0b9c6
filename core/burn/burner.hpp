// Threads that burn CPU to a plan: each follows its own CPU clock in slots much shorter than
// the CFS period (10 ms of 100 ms), and the slots of the threads are staggered so that they do not
// burst together. Thread-safety: call a Burner from one thread.
// Source: https://man7.org/linux/man-pages/man3/clock_gettime.3.html (CLOCK_THREAD_CPUTIME_ID)
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "core/shape/shape.hpp"
#include "core/units/units.hpp"

namespace plimsoll::burn {

class Burner {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr units::Duration kSlot = std::chrono::milliseconds{10};

  // ramp: time from start in which the aim rises from 0; 0 for none.
  explicit Burner(units::Duration ramp) : Burner(shape::Ramped{{}, ramp}, kSlot) {}
  // shape: what share of the aim to burn when. slot: how often each thread looks at its clock.
  Burner(shape::Ramped shape, units::Duration slot);
  ~Burner();
  Burner(const Burner&) = delete;
  Burner& operator=(const Burner&) = delete;

  // Sets what to burn from now on, in cores, by this many threads. More threads are started as
  // needed; they never become fewer. What the aim before could not have is not made up for.
  void aim(double cores, double ceiling, int threads);

  // Ends the threads, sleeping or not, at once: within 50 us of CPU time of theirs.
  void stop();

  [[nodiscard]] int threads() const noexcept { return static_cast<int>(threads_.size()); }
  [[nodiscard]] Clock::time_point start() const noexcept { return start_; }

 private:
  void burn(units::Duration phase);
  // How many slots from this one on have nothing to burn: they are slept through in one go.
  int idle_slots(Clock::time_point slot_start) const;
  void sleep_until(Clock::time_point then);

  const Clock::time_point start_;
  const shape::Ramped shape_;
  const units::Duration slot_;
  std::atomic<double> share_{0};    // of one core, for each thread
  std::atomic<double> ceiling_{0};  // likewise
  std::atomic<int> aims_{0};        // how often the aim was set
  std::atomic<bool> stop_{false};
  std::mutex sleeping_;
  std::condition_variable wake_;
  std::vector<std::jthread> threads_;
};

// Burns this much CPU time of the calling thread, however long that takes; ends early when stop
// becomes true. Returns the CPU time used. Safe from any thread.
units::Duration spend(units::Duration cpu, const std::atomic<bool>& stop);

}  // namespace plimsoll::burn

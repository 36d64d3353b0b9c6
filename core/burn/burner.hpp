// Threads that burn CPU to a plan: each follows its own CPU clock in slots of 10 ms, much shorter
// than the CFS period of 100 ms, and the slots of the threads are staggered so that they do not
// burst together. Thread-safety: call a Burner from one thread.
// Source: https://man7.org/linux/man-pages/man3/clock_gettime.3.html (CLOCK_THREAD_CPUTIME_ID)
#pragma once
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "core/units/units.hpp"

namespace plimsoll::burn {

class Burner {
 public:
  using Clock = std::chrono::steady_clock;

  // ramp: time from start in which the aim rises from 0; 0 for none.
  explicit Burner(units::Duration ramp);
  ~Burner();
  Burner(const Burner&) = delete;
  Burner& operator=(const Burner&) = delete;

  // Sets what to burn from now on, in cores, by this many threads. More threads are started as
  // needed; they never become fewer. What the aim before could not have is not made up for.
  void aim(double cores, double ceiling, int threads);

  // Ends the threads; returns within a fraction of a millisecond of CPU time.
  void stop();

  [[nodiscard]] int threads() const noexcept { return static_cast<int>(threads_.size()); }
  [[nodiscard]] Clock::time_point start() const noexcept { return start_; }

 private:
  void burn(units::Duration phase) const;

  const Clock::time_point start_;
  const units::Duration ramp_;
  std::atomic<double> share_{0};    // of one core, for each thread
  std::atomic<double> ceiling_{0};  // likewise
  std::atomic<int> aims_{0};        // how often the aim was set
  std::atomic<bool> stop_{false};
  std::vector<std::jthread> threads_;
};

// Burns this much CPU time of the calling thread, however long that takes; ends early when stop
// becomes true. Returns the CPU time used. Safe from any thread.
units::Duration spend(units::Duration cpu, const std::atomic<bool>& stop);

// CPU time of the whole process.
[[nodiscard]] units::Duration process_cpu();

}  // namespace plimsoll::burn

// The CPU load that /riseload makes inside this process. Thread-safety: safe.
#pragma once
#include <chrono>
#include <memory>
#include <mutex>

#include "core/burn/burner.hpp"
#include "core/units/units.hpp"

namespace plimsoll::target::load {

// One load at a time, until its time is over.
class RisenLoad {
 public:
  using Clock = std::chrono::steady_clock;

  // Replaces what burns; 0 cores only ends it. Not more than max_cores.
  void start(units::Cores cores, Clock::time_point end);
  void stop();
  // Ends the load when its time is over; to be called every now and then.
  void tick(Clock::time_point now);
  [[nodiscard]] double cores() const;

 private:
  mutable std::mutex mutex_;
  std::unique_ptr<burn::Burner> burner_;
  double cores_ = 0;
  Clock::time_point end_;
};

}  // namespace plimsoll::target::load

#include "loadgen/testing/virtual_loop.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace plimsoll::loadgen::testing {

std::int64_t VirtualLoop::next_event() const {
  if (!tasks_.empty()) return time_;
  return events_.empty() ? timer_ : std::min(timer_, events_.begin()->first);
}

void VirtualLoop::step() {
  time_ = std::max(time_, next_event());
  if (!tasks_.empty()) return run_tasks();
  if (!events_.empty() && events_.begin()->first <= timer_) {
    const auto event = std::move(events_.begin()->second);
    events_.erase(events_.begin());
    event();
    run_tasks();
  } else {
    timer_ = kNever;
    on_timer_();
  }
}

void VirtualLoop::run_tasks() {
  for (auto& task : std::exchange(tasks_, {})) {
    if (stopped_) return;
    task();
  }
}

void VirtualLoop::run() {
  stopped_ = false;
  while (!stopped_) {
    if (next_event() == kNever) throw std::logic_error("nothing will ever happen");
    step();
  }
}

void VirtualLoop::run_once(std::int64_t until) {
  if (next_event() <= until) return step();
  time_ = until;
}

void VirtualLoop::run_until(std::int64_t when) {
  while (next_event() <= when) step();
  time_ = std::max(time_, when);
}

}  // namespace plimsoll::loadgen::testing

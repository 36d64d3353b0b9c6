// For tests: a loop whose time is a variable. It goes from event to event at once, so that a run of
// an hour takes as long as its events do, and a test knows to the nanosecond when what happens.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "loadgen/net/loop.hpp"

namespace plimsoll::loadgen::testing {

class VirtualLoop final : public net::Loop {
 public:
  VirtualLoop() : Loop(time_) {}

  void post(std::function<void()> task) override { tasks_.push_back(std::move(task)); }
  void set_timer(std::int64_t when) override { timer_ = when; }
  void on_timer(std::function<void()> callback) override { on_timer_ = std::move(callback); }
  // Throws std::logic_error when nothing is left that could happen.
  void run() override;
  void run_once(std::int64_t until) override;
  void stop() noexcept override { stopped_ = true; }

  // Something that happens outside. At the same time the earlier call comes first, and both come
  // before the timer.
  void at(std::int64_t when, std::function<void()> event) {
    events_.emplace(when, std::move(event));
  }
  void after(std::int64_t pause, std::function<void()> event) {
    at(now() + pause, std::move(event));
  }
  // Everything that happens until then.
  void run_until(std::int64_t when);

 private:
  static constexpr std::int64_t kNever = INT64_MAX;

  [[nodiscard]] std::int64_t next_event() const;
  void step();
  void run_tasks();

  std::int64_t time_ = 1'000'000'000'000;
  std::int64_t timer_ = kNever;
  bool stopped_ = false;
  std::function<void()> on_timer_;
  std::vector<std::function<void()>> tasks_;
  std::multimap<std::int64_t, std::function<void()>> events_;
};

}  // namespace plimsoll::loadgen::testing

// Time as one thread of a run sees it: a clock, one timer, and tasks. EventLoop is the real one. In
// unit tests time is a variable, and goes from event to event at once. Times are nanoseconds of the
// steady clock. Thread-safety: none; one thread runs the loop and makes every call.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>

namespace plimsoll::loadgen::net {

class Loop {
 public:
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // The one place that reads the clock. Not virtual: it is called several times a request.
  [[nodiscard]] std::int64_t now() const noexcept {
    return virtual_time_ == nullptr ? std::chrono::steady_clock::now().time_since_epoch().count()
                                    : *virtual_time_;
  }
  // Runs task from the loop, after the events at hand.
  virtual void post(std::function<void()> task) = 0;
  // The one timer: calls on_timer once now() has reached when. Setting it again replaces the time.
  virtual void set_timer(std::int64_t when) = 0;
  virtual void on_timer(std::function<void()> callback) = 0;

  // Until stop().
  virtual void run() = 0;
  // Handles what is ready, waiting for it at most until now() reads until.
  virtual void run_once(std::int64_t until) = 0;
  virtual void stop() noexcept = 0;

 protected:
  Loop() = default;
  // now() is what virtual_time says, which must outlive the loop.
  explicit Loop(const std::int64_t& virtual_time) : virtual_time_(&virtual_time) {}
  ~Loop() = default;

 private:
  const std::int64_t* virtual_time_ = nullptr;
};

}  // namespace plimsoll::loadgen::net

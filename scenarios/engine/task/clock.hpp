// The time of a run, injected, so that tests run on a time of their own. Thread-safety: one
// executor, one thread.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>

namespace plimsoll::engine::task {

class Clock {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using WallTime = std::chrono::system_clock::time_point;
  // A call that is to come; does not come any more when this object has ended.
  struct Alarm {
    virtual ~Alarm() = default;
  };

  virtual ~Clock() = default;
  [[nodiscard]] virtual TimePoint now() const = 0;
  [[nodiscard]] virtual WallTime wall_time() const = 0;
  // Calls due once, from the executor, when it is that time.
  [[nodiscard]] virtual std::unique_ptr<Alarm> at(TimePoint time, std::function<void()> due) = 0;
  [[nodiscard]] virtual boost::asio::any_io_executor executor() const = 0;
};

class SystemClock : public Clock {
 public:
  explicit SystemClock(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}
  [[nodiscard]] TimePoint now() const override { return std::chrono::steady_clock::now(); }
  [[nodiscard]] WallTime wall_time() const override { return std::chrono::system_clock::now(); }
  [[nodiscard]] std::unique_ptr<Alarm> at(TimePoint time, std::function<void()> due) override;
  [[nodiscard]] boost::asio::any_io_executor executor() const override { return executor_; }

 private:
  boost::asio::any_io_executor executor_;
};

// A wait that nothing shortens, for what must be done after a cancellation too (cleanup).
[[nodiscard]] boost::asio::awaitable<void> pause(Clock& clock, std::chrono::nanoseconds duration);

}  // namespace plimsoll::engine::task

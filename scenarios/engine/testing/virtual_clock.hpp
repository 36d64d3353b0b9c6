// A clock that goes on when nothing else can: run() turns it to the next alarm whenever no
// coroutine is ready, so minutes of a run take milliseconds of a test. Errors: run() throws where
// the task waits for something that cannot come, or for more than a day. Thread-safety: one thread.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "scenarios/engine/task/clock.hpp"

namespace plimsoll::engine::testing {

class VirtualClock : public task::Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return now_; }
  [[nodiscard]] WallTime wall_time() const override;
  [[nodiscard]] std::unique_ptr<Alarm> at(TimePoint time, std::function<void()> due) override;
  [[nodiscard]] boost::asio::any_io_executor executor() const override;

  // Calls due when so much time has passed; for what a test lets happen.
  void after(std::chrono::nanoseconds duration, std::function<void()> due);

  // Runs a task to its end and returns what it returns.
  template <typename T>
  T run(boost::asio::awaitable<T> task) {
    std::optional<T> result;
    std::exception_ptr failure;
    boost::asio::co_spawn(io_, std::move(task), [&](std::exception_ptr error, T value) {
      failure = std::move(error);
      result = std::move(value);
    });
    drive([&result] { return result.has_value(); });
    if (failure) std::rethrow_exception(failure);
    return std::move(*result);
  }
  void run(boost::asio::awaitable<void> task);

 private:
  void drive(const std::function<bool()>& done);

  boost::asio::io_context io_{1};
  TimePoint start_{std::chrono::hours{1}};
  TimePoint now_ = start_;
  using Alarms = std::multimap<TimePoint, std::function<void()>>;
  std::shared_ptr<Alarms> alarms_ = std::make_shared<Alarms>();
  std::multimap<TimePoint, std::unique_ptr<Alarm>> kept_;
};

}  // namespace plimsoll::engine::testing

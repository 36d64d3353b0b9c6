// Asking a run to stop: sleeps that end early, and hooks for what must be told (a child process).
// Thread-safety: one executor, one thread.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <set>

#include "core/result/exit_code.hpp"

namespace plimsoll::engine::task {

class Stop {
 public:
  explicit Stop(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}
  Stop(const Stop&) = delete;
  Stop& operator=(const Stop&) = delete;

  // The first reason counts.
  void request(ExitCode why);
  [[nodiscard]] bool requested() const noexcept { return why_.has_value(); }
  [[nodiscard]] std::optional<ExitCode> why() const noexcept { return why_; }

  // True after the whole duration, false as soon as a stop is requested.
  [[nodiscard]] boost::asio::awaitable<bool> sleep(std::chrono::nanoseconds duration);

  // Calls hook when a stop is requested, at once if it already was. Ends with the returned handle.
  using Hook = std::shared_ptr<std::function<void()>>;
  [[nodiscard]] Hook on_request(std::function<void()> hook);

  [[nodiscard]] const boost::asio::any_io_executor& executor() const noexcept { return executor_; }

 private:
  boost::asio::any_io_executor executor_;
  std::optional<ExitCode> why_;
  std::set<boost::asio::steady_timer*> sleeping_;
  std::list<std::weak_ptr<std::function<void()>>> hooks_;
};

// A wait that nothing shortens, for what must be done after a stop too (cleanup).
[[nodiscard]] boost::asio::awaitable<void> pause(boost::asio::any_io_executor executor,
                                                 std::chrono::nanoseconds duration);

// Coroutines that run beside each other and end together. A coroutine that throws is a bug: it
// requests a stop as an internal error, and joined() throws what it threw.
class Tasks {
 public:
  explicit Tasks(Stop& stop) : stop_(stop), state_(std::make_shared<State>(stop.executor())) {}
  void start(boost::asio::awaitable<void> task);
  // Ends when all have ended.
  [[nodiscard]] boost::asio::awaitable<void> joined();

 private:
  struct State {
    explicit State(const boost::asio::any_io_executor& executor)
        : ended(executor, boost::asio::steady_timer::time_point::max()) {}
    int running = 0;
    std::exception_ptr failure;
    boost::asio::steady_timer ended;
  };
  Stop& stop_;
  std::shared_ptr<State> state_;
};

}  // namespace plimsoll::engine::task

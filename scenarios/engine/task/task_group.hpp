// Coroutines that run beside each other and end together. A coroutine that throws is a bug: it
// cancels the token as an internal error, and joined() throws what it threw. Thread-safety: one
// executor, one thread.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <memory>

#include "scenarios/engine/task/cancellation_token.hpp"

namespace plimsoll::engine::task {

class TaskGroup {
 public:
  explicit TaskGroup(CancellationToken& cancellation)
      : cancellation_(cancellation), state_(std::make_shared<State>(cancellation.executor())) {}
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
  CancellationToken& cancellation_;
  std::shared_ptr<State> state_;
};

}  // namespace plimsoll::engine::task

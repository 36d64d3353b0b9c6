// When the pollers poll: each source at its own interval, and Kubernetes at once when a step asks
// for it. Says on the console when a source stops answering, and when it answers again.
// Thread-safety: one executor.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string>

#include "scenarios/engine/console/console.hpp"
#include "scenarios/engine/observe/pollers.hpp"
#include "scenarios/engine/task/cancellation_token.hpp"
#include "scenarios/engine/task/task_group.hpp"

namespace plimsoll::engine::observe {

class PollScheduler {
 public:
  // failures: what is cancelled where a poller throws, which is a bug.
  PollScheduler(Pollers& pollers, task::CancellationToken& failures,
                const console::Console& console);

  void start();
  // Polls Kubernetes without waiting for its next time.
  void poll_now();
  // Lets the polls under way end, and begins no more.
  [[nodiscard]] boost::asio::awaitable<void> stop();

 private:
  using Poll = boost::asio::awaitable<std::string> (Pollers::*)();
  boost::asio::awaitable<void> poll(std::string what, Poll look, std::chrono::milliseconds every,
                                    task::Signal* now);

  Pollers& pollers_;
  const console::Console& console_;
  task::CancellationToken stopped_;
  task::TaskGroup tasks_;
  task::Signal now_;
  task::Signal never_;
};

}  // namespace plimsoll::engine::observe

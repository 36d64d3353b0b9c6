// Asking a run to stop: sleeps that end early, and hooks for what must be told (a child process).
// Thread-safety: one executor, one thread.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <set>

#include "core/exit_code/exit_code.hpp"
#include "scenarios/engine/task/clock.hpp"
#include "scenarios/engine/task/signal.hpp"

namespace plimsoll::engine::task {

class CancellationToken {
 public:
  explicit CancellationToken(Clock& clock) : clock_(clock) {}
  CancellationToken(const CancellationToken&) = delete;
  CancellationToken& operator=(const CancellationToken&) = delete;

  // The first reason counts.
  void cancel(ExitCode reason);
  [[nodiscard]] bool cancelled() const noexcept { return reason_.has_value(); }
  [[nodiscard]] std::optional<ExitCode> reason() const noexcept { return reason_; }

  // True after the whole duration, false as soon as this is cancelled.
  [[nodiscard]] boost::asio::awaitable<bool> sleep(std::chrono::nanoseconds duration);

  // True on a signal or at a time, false as soon as this is cancelled.
  [[nodiscard]] boost::asio::awaitable<bool> wait(Signal& signal, Clock::TimePoint until);

  // Calls hook on cancellation, at once if that has been. Ends with the returned handle.
  using Hook = std::shared_ptr<std::function<void()>>;
  [[nodiscard]] Hook on_cancel(std::function<void()> hook);

  [[nodiscard]] Clock& clock() const noexcept { return clock_; }
  [[nodiscard]] boost::asio::any_io_executor executor() const { return clock_.executor(); }

 private:
  Clock& clock_;
  std::optional<ExitCode> reason_;
  std::set<boost::asio::steady_timer*> sleeping_;
  std::list<std::weak_ptr<std::function<void()>>> hooks_;
};

}  // namespace plimsoll::engine::task

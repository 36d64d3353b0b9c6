#include "scenarios/engine/task/clock.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace plimsoll::engine::task {
namespace asio = boost::asio;
using boost::system::error_code;

std::unique_ptr<Clock::Alarm> SystemClock::at(TimePoint time, std::function<void()> due) {
  struct TimerAlarm : Alarm {
    TimerAlarm(const asio::any_io_executor& executor, TimePoint time) : timer(executor, time) {}
    // The timer's handler may already be queued when the alarm ends.
    ~TimerAlarm() override { *alive = false; }
    asio::steady_timer timer;
    std::shared_ptr<bool> alive = std::make_shared<bool>(true);
  };
  auto alarm = std::make_unique<TimerAlarm>(executor_, time);
  alarm->timer.async_wait([due = std::move(due), alive = alarm->alive](const error_code& ec) {
    if (!ec && *alive) due();
  });
  return alarm;
}

asio::awaitable<void> pause(Clock& clock, std::chrono::nanoseconds duration) {
  asio::steady_timer over{clock.executor(), asio::steady_timer::time_point::max()};
  const auto alarm = clock.at(clock.now() + duration, [&over] { over.cancel(); });
  error_code ec;
  co_await over.async_wait(asio::redirect_error(asio::use_awaitable, ec));
}

}  // namespace plimsoll::engine::task

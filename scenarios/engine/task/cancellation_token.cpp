#include "scenarios/engine/task/cancellation_token.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace plimsoll::engine::task {
namespace asio = boost::asio;

void CancellationToken::cancel(ExitCode reason) {
  if (reason_) return;
  reason_ = reason;
  for (auto* timer : sleeping_) timer->cancel();
  const auto hooks = std::exchange(hooks_, {});
  for (const auto& weak : hooks)
    if (const auto hook = weak.lock()) (*hook)();
}

asio::awaitable<bool> CancellationToken::sleep(std::chrono::nanoseconds duration) {
  Signal none;
  co_return co_await wait(none, clock_.now() + duration);
}

asio::awaitable<bool> CancellationToken::wait(Signal& signal, Clock::TimePoint until) {
  if (cancelled()) co_return false;
  asio::steady_timer over{executor(), asio::steady_timer::time_point::max()};
  const auto alarm = clock_.at(until, [&over] { over.cancel(); });
  sleeping_.insert(&over);
  signal.waiting_.insert(&over);
  boost::system::error_code ec;
  co_await over.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  signal.waiting_.erase(&over);
  sleeping_.erase(&over);
  co_return !cancelled();
}

CancellationToken::Hook CancellationToken::on_cancel(std::function<void()> hook) {
  if (cancelled()) hook();
  auto handle = std::make_shared<std::function<void()>>(std::move(hook));
  std::erase_if(hooks_, [](const auto& weak) { return weak.expired(); });
  if (!cancelled()) hooks_.push_back(handle);
  return handle;
}

}  // namespace plimsoll::engine::task

#include "scenarios/engine/task/stop.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace plimsoll::engine::task {
namespace asio = boost::asio;

void Stop::request(ExitCode why) {
  if (why_) return;
  why_ = why;
  for (auto* timer : sleeping_) timer->cancel();
  for (const auto& weak : hooks_)
    if (const auto hook = weak.lock()) (*hook)();
  hooks_.clear();
}

asio::awaitable<bool> Stop::sleep(std::chrono::nanoseconds duration) {
  if (requested()) co_return false;
  asio::steady_timer timer{executor_,
                           std::chrono::duration_cast<asio::steady_timer::duration>(duration)};
  sleeping_.insert(&timer);
  boost::system::error_code ec;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  sleeping_.erase(&timer);
  co_return !requested();
}

Stop::Hook Stop::on_request(std::function<void()> hook) {
  if (requested()) hook();
  auto handle = std::make_shared<std::function<void()>>(std::move(hook));
  std::erase_if(hooks_, [](const auto& weak) { return weak.expired(); });
  if (!requested()) hooks_.push_back(handle);
  return handle;
}

asio::awaitable<void> pause(asio::any_io_executor executor, std::chrono::nanoseconds duration) {
  asio::steady_timer timer{executor,
                           std::chrono::duration_cast<asio::steady_timer::duration>(duration)};
  boost::system::error_code ec;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
}

void Tasks::start(asio::awaitable<void> task) {
  ++state_->running;
  const auto ended = [state = state_, &stop = stop_](const std::exception_ptr& failure) {
    if (failure) {
      if (!state->failure) state->failure = failure;
      stop.request(ExitCode::kInternal);
    }
    if (--state->running == 0) state->ended.cancel();
  };
  asio::co_spawn(stop_.executor(), std::move(task), ended);
}

asio::awaitable<void> Tasks::joined() {
  const auto state = state_;
  boost::system::error_code ec;
  while (state->running > 0)
    co_await state->ended.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  if (state->failure) std::rethrow_exception(state->failure);
}

}  // namespace plimsoll::engine::task

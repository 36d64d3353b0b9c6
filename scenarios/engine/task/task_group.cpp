#include "scenarios/engine/task/task_group.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace plimsoll::engine::task {
namespace asio = boost::asio;

void TaskGroup::start(asio::awaitable<void> task) {
  ++state_->running;
  const auto ended = [state = state_,
                      &cancellation = cancellation_](const std::exception_ptr& failure) {
    if (failure) {
      if (!state->failure) state->failure = failure;
      cancellation.cancel(ExitCode::kInternal);
    }
    if (--state->running == 0) state->ended.cancel();
  };
  asio::co_spawn(cancellation_.executor(), std::move(task), ended);
}

asio::awaitable<void> TaskGroup::joined() {
  const auto state = state_;
  boost::system::error_code ec;
  while (state->running > 0)
    co_await state->ended.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  if (state->failure) std::rethrow_exception(state->failure);
}

}  // namespace plimsoll::engine::task

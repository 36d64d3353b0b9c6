#include "scenarios/engine/steps/sleep_runner.hpp"

namespace plimsoll::engine::steps {

boost::asio::awaitable<StepEnd> SleepRunner::run() {
  active_.started();
  const bool whole = co_await active_.cancellation.sleep(sleep_.duration);
  co_return whole ? StepEnd{} : active_.interrupted();
}

}  // namespace plimsoll::engine::steps

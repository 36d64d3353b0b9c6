#include "scenarios/engine/observe/poll_scheduler.hpp"

#include <fmt/format.h>

#include <utility>

namespace plimsoll::engine::observe {
namespace asio = boost::asio;
using namespace std::chrono_literals;

PollScheduler::PollScheduler(Pollers& pollers, task::CancellationToken& failures,
                             const console::Console& console)
    : pollers_(pollers), console_(console), stopped_(failures.clock()), tasks_(failures) {}

void PollScheduler::start() {
  tasks_.start(poll("Kubernetes", &Pollers::look_at_kubernetes, 1s, &now_));
  tasks_.start(poll("Prometheus", &Pollers::look_at_rules, 2s, &never_));
  tasks_.start(poll("Prometheus (PromQL)", &Pollers::look_at_promql, 5s, &never_));
  tasks_.start(poll("the receiver", &Pollers::look_at_deliveries, 1s, &never_));
}

void PollScheduler::poll_now() { now_.notify(); }

asio::awaitable<void> PollScheduler::stop() {
  stopped_.cancel(ExitCode::kPassed);
  co_await tasks_.joined();
}

asio::awaitable<void> PollScheduler::poll(std::string what, Poll look,
                                          std::chrono::milliseconds every, task::Signal* now) {
  const auto& clock = stopped_.clock();
  bool answering = true;
  for (auto next = clock.now();;) {
    const std::string reason = co_await (pollers_.*look)();
    if (reason.empty() != answering) {
      answering = reason.empty();
      console_.say(
          answering ? what + " answers again" : fmt::format("{} does not answer: {}", what, reason),
          answering ? console::Tone::kPlain : console::Tone::kDoubtful);
    }
    // Absolute times; polls that took too long are left out, not caught up with.
    while (next <= clock.now()) next += every;
    if (!co_await stopped_.wait(*now, next)) co_return;
  }
}

}  // namespace plimsoll::engine::observe

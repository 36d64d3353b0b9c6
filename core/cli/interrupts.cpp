#include "core/cli/interrupts.hpp"

#include <pthread.h>
#include <signal.h>
#include <time.h>

#include <algorithm>

namespace plimsoll::cli {
namespace {

sigset_t both() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

Interrupts::Interrupts() {
  const auto set = both();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

std::optional<ExitCode> Interrupts::wait_until(std::chrono::steady_clock::time_point then) {
  using std::chrono::nanoseconds;
  const auto set = both();
  while (true) {
    const auto left =
        std::max(nanoseconds{0}, nanoseconds{then - std::chrono::steady_clock::now()});
    const timespec time{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
    const int signal = ::sigtimedwait(&set, nullptr, &time);
    if (signal == SIGINT) return ExitCode::kInterrupted;
    if (signal == SIGTERM) return ExitCode::kTerminated;
    if (left.count() == 0) return std::nullopt;
  }
}

}  // namespace plimsoll::cli

// SIGINT and SIGTERM for programs without an event loop: they end a wait instead of the process, so
// that the result still gets out. Make one in main, before any thread. Thread-safety: wait from one
// thread.
#pragma once
#include <chrono>
#include <optional>

#include "core/exit_code/exit_code.hpp"

namespace plimsoll::cli {

class Interrupts {
 public:
  // Blocks both signals in this thread and in those that it starts; stays so.
  Interrupts();

  // Sleeps until then. A signal ends it early (also one that came before the call): the exit code
  // to end with, 130 or 143.
  [[nodiscard]] std::optional<ExitCode> wait_until(std::chrono::steady_clock::time_point then);
};

}  // namespace plimsoll::cli

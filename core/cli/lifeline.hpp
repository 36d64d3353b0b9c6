// What ends a program that works for a set time before that time: SIGINT and SIGTERM, and, where
// asked for, standard input closing (kubectl exec -i went away) or a heartbeat file that nobody
// touches any more. A heartbeat counts by its modification time changing, so that clocks need not
// agree. Errors: exit code 2 for a lifeline that is not there at the start. Thread-safety: wait
// from one thread.
#pragma once
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "core/cli/interrupts.hpp"
#include "core/exit_code/exit_code.hpp"
#include "core/result/result.hpp"
#include "core/units/units.hpp"

namespace plimsoll::cli {

struct LifelineOptions {
  bool until_stdin_closes = false;
  std::string heartbeat;  // a path; empty: none
  std::optional<units::Duration> heartbeat_age;
};

// Adds --until-stdin-closes, --heartbeat FILE and --heartbeat-age D.
void add_lifelines(CLI::App& app, LifelineOptions& options);

// Why it ended early.
struct Ending {
  // 130 or 143 after a signal, 5 after a missed heartbeat; nullopt: standard input closed, which is
  // what was asked for.
  std::optional<ExitCode> code;
  std::string reason;
};

class Lifeline {
 public:
  using Clock = std::chrono::steady_clock;

  // input: the descriptor to watch as standard input; for tests.
  Lifeline(Interrupts& interrupts, const LifelineOptions& options, int input = 0);

  // Whether what it is to watch is there. Call once, before the work starts.
  [[nodiscard]] Result<void> check();

  // Sleeps until then, unless something ends the program earlier, also before the call. Looks at
  // standard input and heartbeat every 100 ms.
  [[nodiscard]] std::optional<Ending> wait_until(Clock::time_point then);

 private:
  [[nodiscard]] bool stdin_closed() const;
  [[nodiscard]] std::optional<Ending> look(Clock::time_point now);

  Interrupts& interrupts_;
  const LifelineOptions options_;
  const units::Duration most_;
  const int input_;
  Clock::time_point last_beat_{};
  std::int64_t last_stamp_ = 0;
};

}  // namespace plimsoll::cli

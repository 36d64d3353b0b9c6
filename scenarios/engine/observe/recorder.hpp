// Writes the observation log: into memory for the judge, and line by line, flushed, into a file.
// Errors: exit code 4 when the file cannot be opened or written (said once, by failure()).
// Thread-safety: one thread.
#pragma once
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include "core/result/result.hpp"
#include "scenarios/engine/log/observation.hpp"
#include "scenarios/engine/task/clock.hpp"
#include "scenarios/engine/task/signal.hpp"

namespace plimsoll::engine::observe {

class Recorder {
 public:
  // The run starts now. path empty: memory only.
  [[nodiscard]] static Result<std::unique_ptr<Recorder>> open(const std::string& path,
                                                              task::Clock& clock);

  // Seconds since the start of the run.
  [[nodiscard]] double now() const;
  // The moment of the run at which the wall clock of this machine showed this time.
  [[nodiscard]] double at(log::WallTime time) const;
  void write(log::Observed what);
  [[nodiscard]] const log::Observations& observations() const noexcept { return log_; }
  // Given after each write.
  [[nodiscard]] task::Signal& written() noexcept { return written_; }
  // The first write that failed, empty while all is well.
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  explicit Recorder(task::Clock& clock) : clock_(clock), start_(clock.now()) {}
  task::Clock& clock_;
  task::Clock::TimePoint start_;
  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  log::Observations log_;
  std::string failure_;
  task::Signal written_;
};

}  // namespace plimsoll::engine::observe

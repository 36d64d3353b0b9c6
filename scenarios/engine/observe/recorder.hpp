// Writes the observation log: into memory for the judge, and line by line, flushed, into a file.
// Errors: exit code 4 when the file cannot be opened or written (said once, by failure()).
// Thread-safety: one thread.
#pragma once
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>

#include "core/result/result.hpp"
#include "scenarios/engine/log/observation.hpp"

namespace plimsoll::engine::observe {

class Recorder {
 public:
  // Seconds since the start of the run; injected, so that tests own the time.
  using Clock = std::function<double()>;

  // path empty: memory only. The clock's default starts now and is monotonic.
  [[nodiscard]] static Result<std::unique_ptr<Recorder>> open(const std::string& path,
                                                              Clock clock = {});

  [[nodiscard]] double now() const { return clock_(); }
  // The moment of the run at which the wall clock of this machine showed this time.
  [[nodiscard]] double at(log::WallTime time) const;
  void write(log::Observed what);
  [[nodiscard]] const log::Observations& observations() const noexcept { return log_; }
  // The first write that failed, empty while all is well.
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  Recorder() = default;
  Clock clock_;
  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  log::Observations log_;
  std::string failure_;
};

}  // namespace plimsoll::engine::observe

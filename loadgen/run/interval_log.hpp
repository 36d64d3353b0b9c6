// The file of --hdr-log: each second's latencies, written when the second is over, so that nothing
// of a long run is kept in memory or lost if it ends badly. Values are nanoseconds.
// Errors: exit code 4, naming the file. Thread-safety: none.
#pragma once
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "core/latency/histogram.hpp"
#include "core/result/result.hpp"

namespace plimsoll::loadgen::run {

class IntervalLog {
 public:
  using Clock = std::chrono::system_clock;

  // "-" is stdout. What the file held is gone.
  [[nodiscard]] Result<void> open(const std::string& path);
  // One line; the first call writes the head, too.
  void add(Clock::time_point started, std::int64_t second, const latency::Histogram& latencies);
  // The head, should there have been no second. Error: something could not be written.
  [[nodiscard]] Result<void> close(Clock::time_point started);

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept;
  };

  void write(const std::string& text);
  void write_head(Clock::time_point started);

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  bool has_head_ = false;
  int failure_ = 0;  // errno of the first write that failed
};

}  // namespace plimsoll::loadgen::run

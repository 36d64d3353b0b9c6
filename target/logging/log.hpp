// The log: one JSON object a line on stdout, written by a thread of its own, so that a slow reader
// of stdout never holds up a request. What cannot be written in time is dropped and counted.
// Thread-safety: LogWriter's functions are safe; a LogBatch belongs to one thread.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "core/units/units.hpp"

namespace plimsoll::target::logging {

enum class LogLevel { kDebug, kInfo, kWarn, kError };

// "debug", "info", "warn", "error".
[[nodiscard]] std::string_view name(LogLevel level) noexcept;
// nullopt where there is no such level.
[[nodiscard]] std::optional<LogLevel> log_level(std::string_view name) noexcept;

using WallClock = std::chrono::system_clock;

// RFC 3339 in UTC with milliseconds, "2026-11-20T20:15:00.123Z"; keeps the last second's text.
class Timestamps {
 public:
  // Valid until the next call.
  [[nodiscard]] std::string_view text(WallClock::time_point time);

 private:
  std::int64_t second_ = -1;
  std::string text_;
};

// One request, as the access log has it.
struct Access {
  WallClock::time_point time{};
  LogLevel level = LogLevel::kInfo;
  std::string_view method = {};
  std::string_view path = {};
  std::string_view query = {};  // left out where empty
  unsigned status = 0;
  units::Duration duration{};
  std::uint64_t bytes = 0;  // of the body that was sent
  std::string_view remote = {};
  std::string_view correlation_id = {};  // null where empty
  std::string_view trace_id = {};        // left out where empty
};

void append_access(std::string& out, const Access& access, Timestamps& timestamps);

class LogWriter {
 public:
  LogWriter(int descriptor, LogLevel level);
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  [[nodiscard]] bool wants(LogLevel level) const noexcept { return level >= level_; }

  // Whole lines. Never blocks on the descriptor.
  void write(std::string lines);

  // One line of the service itself: {"time":...,"level":...,"message":...}; fields is ready JSON
  // such as "\"port\":8080" or empty.
  void say(LogLevel level, std::string_view message, std::string_view fields = {});

  // The same at level info, whatever LOG_LEVEL says: for the first line, which has the port.
  void announce(std::string_view message, std::string_view fields);

  // Lets the writer finish. False: it could not within that time, and its thread still hangs in a
  // write; only ending the process helps then.
  [[nodiscard]] bool finish(units::Duration patience);

  [[nodiscard]] std::uint64_t dropped_bytes() const noexcept { return dropped_; }

 private:
  void write_out();
  void write_line(LogLevel level, std::string_view message, std::string_view fields);

  static constexpr std::size_t kMostPending = std::size_t{4} << 20U;

  const int descriptor_;
  const LogLevel level_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string pending_;
  bool finishing_ = false;
  bool finished_ = false;
  std::atomic<std::uint64_t> dropped_{0};
  std::thread thread_;
};

// The lines of one thread, handed to the writer in batches.
class LogBatch {
 public:
  explicit LogBatch(LogWriter& writer) : writer_(writer) {}

  void add(const Access& access);
  // To be called every now and then, because add() alone keeps a short batch back.
  void flush();

 private:
  static constexpr std::size_t kEnough = std::size_t{32} << 10U;

  LogWriter& writer_;
  Timestamps timestamps_;
  std::string lines_;
};

// For co_spawn: an exception that reaches the end of a coroutine is a bug; it is logged, and the
// service goes on.
[[nodiscard]] std::function<void(std::exception_ptr)> log_failure(LogWriter& log,
                                                                  std::string_view where);

}  // namespace plimsoll::target::logging

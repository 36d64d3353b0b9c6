#include "target/logging/log.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <iterator>

#include "core/text/json_string.hpp"

namespace plimsoll::target::logging {
namespace {

constexpr std::array<std::string_view, 4> kLevels{"debug", "info", "warn", "error"};

}  // namespace

std::string_view name(LogLevel level) noexcept { return kLevels[static_cast<std::size_t>(level)]; }

std::optional<LogLevel> log_level(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kLevels.size(); ++i)
    if (name == kLevels[i]) return static_cast<LogLevel>(i);
  return std::nullopt;
}

std::string_view Timestamps::text(WallClock::time_point time) {
  const auto milliseconds =
      std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
  if (milliseconds / 1000 != second_) {
    second_ = milliseconds / 1000;
    text_ = fmt::format("{:%Y-%m-%dT%H:%M:%S}.000Z", fmt::gmtime(second_));
  }
  const auto fraction = static_cast<int>(milliseconds % 1000);
  const auto dot = text_.size() - 5;
  text_[dot + 1] = static_cast<char>('0' + fraction / 100);
  text_[dot + 2] = static_cast<char>('0' + fraction / 10 % 10);
  text_[dot + 3] = static_cast<char>('0' + fraction % 10);
  return text_;
}

void append_access(std::string& out, const Access& access, Timestamps& timestamps) {
  const auto quoted = [&out](std::string_view key, std::string_view text) {
    out += key;
    text::append_json_string(out, text);
  };
  out += "{\"time\":\"";
  out += timestamps.text(access.time);
  out += "\",\"level\":\"";
  out += name(access.level);
  quoted("\",\"method\":", access.method);
  quoted(",\"path\":", access.path);
  if (!access.query.empty()) quoted(",\"query\":", access.query);
  const auto microseconds =
      std::chrono::duration_cast<std::chrono::microseconds>(access.duration).count();
  fmt::format_to(std::back_inserter(out), ",\"status\":{},\"duration_ms\":{}.{:03},\"bytes\":{}",
                 access.status, microseconds / 1000, microseconds % 1000, access.bytes);
  quoted(",\"remote\":", access.remote);
  if (access.correlation_id.empty())
    out += ",\"correlation_id\":null";
  else
    quoted(",\"correlation_id\":", access.correlation_id);
  if (!access.trace_id.empty()) quoted(",\"trace_id\":", access.trace_id);
  out += "}\n";
}

LogWriter::LogWriter(int descriptor, LogLevel level)
    : descriptor_{descriptor}, level_{level}, thread_{[this] { write_out(); }} {}

LogWriter::~LogWriter() {
  {
    const std::scoped_lock lock{mutex_};
    finishing_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void LogWriter::write(std::string lines) {
  {
    const std::scoped_lock lock{mutex_};
    if (pending_.size() + lines.size() > kMostPending) {
      dropped_ += lines.size();
      return;
    }
    if (pending_.empty())
      pending_.swap(lines);
    else
      pending_ += lines;
  }
  changed_.notify_all();
}

void LogWriter::say(LogLevel level, std::string_view message, std::string_view fields) {
  if (wants(level)) write_line(level, message, fields);
}

void LogWriter::announce(std::string_view message, std::string_view fields) {
  write_line(LogLevel::kInfo, message, fields);
}

void LogWriter::write_line(LogLevel level, std::string_view message, std::string_view fields) {
  Timestamps timestamps;
  auto line = fmt::format("{{\"time\":\"{}\",\"level\":\"{}\",\"message\":",
                          timestamps.text(WallClock::now()), name(level));
  text::append_json_string(line, message);
  if (!fields.empty()) {
    line += ',';
    line += fields;
  }
  line += "}\n";
  write(std::move(line));
}

bool LogWriter::finish(units::Duration patience) {
  std::unique_lock lock{mutex_};
  finishing_ = true;
  changed_.notify_all();
  return changed_.wait_for(lock, patience, [this] { return finished_; });
}

void LogWriter::write_out() {
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [this] { return finishing_ || !pending_.empty(); });
    if (pending_.empty()) break;
    const std::string lines = std::exchange(pending_, {});
    lock.unlock();
    for (std::string_view rest = lines; !rest.empty();) {
      const auto written = ::write(descriptor_, rest.data(), rest.size());
      if (written >= 0) {
        rest.remove_prefix(static_cast<std::size_t>(written));
      } else if (errno == EAGAIN) {  // somebody made the pipe non-blocking
        pollfd writable{descriptor_, POLLOUT, 0};
        ::poll(&writable, 1, -1);
      } else if (errno != EINTR) {  // nobody reads any more
        dropped_ += rest.size();
        break;
      }
    }
    lock.lock();
  }
  finished_ = true;
  changed_.notify_all();
}

void LogBatch::add(const Access& access) {
  if (!writer_.wants(access.level)) return;
  append_access(lines_, access, timestamps_);
  if (lines_.size() >= kEnough) flush();
}

void LogBatch::flush() {
  if (lines_.empty()) return;
  writer_.write(std::exchange(lines_, {}));
}

std::function<void(std::exception_ptr)> log_failure(LogWriter& log, std::string_view where) {
  return [&log, where](const std::exception_ptr& failure) {
    if (!failure) return;
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& exception) {
      std::string fields = "\"where\":";
      text::append_json_string(fields, where);
      fields += ",\"error\":";
      text::append_json_string(fields, exception.what());
      log.say(LogLevel::kError, "internal error; please report it", fields);
    }
  };
}

}  // namespace plimsoll::target::logging

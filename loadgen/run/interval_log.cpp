#include "loadgen/run/interval_log.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "core/latency/text.hpp"
#include "core/latency/v2.hpp"

namespace plimsoll::loadgen::run {
namespace {

Error cannot_write(const std::string& path, int reason) {
  return unavailable(
      fmt::format("cannot write {}: {}", path == "-" ? "stdout" : path, std::strerror(reason)));
}

}  // namespace

void IntervalLog::Close::operator()(std::FILE* file) const noexcept {
  if (file != stdout) std::fclose(file);
}

Result<void> IntervalLog::open(const std::string& path) {
  path_ = path;
  file_.reset(path == "-" ? stdout : std::fopen(path.c_str(), "we"));
  if (!file_) return cannot_write(path_, errno);
  return {};
}

void IntervalLog::add(Clock::time_point started, std::int64_t second,
                      const latency::Histogram& latencies) {
  write_head(started);
  write(latency::interval_log_line(
      {"", static_cast<double>(second), 1, latencies.max(), latency::encode_v2_base64(latencies)}));
}

Result<void> IntervalLog::close(Clock::time_point started) {
  write_head(started);
  file_.reset();
  if (failure_ != 0) return cannot_write(path_, failure_);
  return {};
}

void IntervalLog::write_head(Clock::time_point started) {
  if (!has_head_) write(latency::interval_log_head(started));
  has_head_ = true;
}

// The run goes on without its log; close() tells.
void IntervalLog::write(const std::string& text) {
  if (failure_ != 0) return;
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size() ||
      std::fflush(file_.get()) != 0)
    failure_ = errno;
}

}  // namespace plimsoll::loadgen::run

// What the environment says: PORT, THREADS, LOG_LEVEL, SHUTDOWN_GRACE and the finer ones. Described
// for users in docs/target.md. Errors: exit code 2, naming the variable and what it may be.
// Thread-safety: values and pure functions.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/result/result.hpp"
#include "core/units/units.hpp"
#include "target/redis_url.hpp"

namespace plimsoll::target {

enum class LogLevel { kDebug, kInfo, kWarn, kError };

struct Options {
  std::uint16_t port = 8080;  // 0: any free one, printed in the first log line
  unsigned threads = 0;       // for requests, and as many for /work; 0: as many as the CPU limit
  LogLevel log_level = LogLevel::kInfo;
  units::Duration shutdown_grace = std::chrono::seconds{5};  // SIGTERM to closing the listener
  units::Duration drain_timeout = std::chrono::seconds{10};  // then this long for what is running
  units::Duration header_timeout = std::chrono::seconds{10};
  units::Duration idle_timeout = std::chrono::seconds{75};
  std::optional<units::Bytes> max_memory;  // what /memory may hold altogether
  std::string pod_name;                    // answers say it in X-Pod; empty: they do not
  std::optional<RedisUrl> redis;           // where /count keeps its number
};

// Looks a variable up; nullopt where it is not set.
using Environment = std::function<std::optional<std::string>(const char* name)>;

[[nodiscard]] std::optional<std::string> process_environment(const char* name);

// An empty variable counts as not set.
[[nodiscard]] Result<Options> read_options(const Environment& environment);

[[nodiscard]] std::string_view name(LogLevel level) noexcept;

// For --help.
[[nodiscard]] std::string environment_help();

}  // namespace plimsoll::target

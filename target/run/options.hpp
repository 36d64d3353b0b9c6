// How the service is configured: by options, or by the environment variables of the same meaning:
// PORT, THREADS, LOG_LEVEL, SHUTDOWN_GRACE and the finer ones. Described for users in
// docs/target.md. Thread-safety: values and pure functions.
#pragma once
#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "core/units/units.hpp"
#include "target/logging/log.hpp"
#include "target/redis/url.hpp"

namespace plimsoll::target::run {

struct Options {
  std::uint16_t port = 8080;  // 0: any free one, printed in the first log line
  unsigned threads = 0;       // for requests, and as many for /work; 0: as many as the CPU limit
  logging::LogLevel log_level = logging::LogLevel::kInfo;
  units::Duration shutdown_grace = std::chrono::seconds{5};  // SIGTERM to closing the listener
  units::Duration drain_timeout = std::chrono::seconds{10};  // then this long for what is running
  units::Duration header_timeout = std::chrono::seconds{10};
  units::Duration idle_timeout = std::chrono::seconds{75};
  std::optional<units::Bytes> max_memory;  // what /memory may hold altogether
  std::string pod_name;                    // answers say it in X-Pod; empty: they do not
  std::optional<redis::Url> redis;         // where /count keeps its number
};

// Adds an option for each, with its variable; the option wins, and an empty variable counts as not
// set. A bad value is a usage error that names the option or the variable, and what it may be. The
// options must outlive the app.
void add_options(CLI::App& app, Options& options);

}  // namespace plimsoll::target::run

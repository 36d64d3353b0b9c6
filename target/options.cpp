#include "target/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <utility>

namespace plimsoll::target {
namespace {

constexpr std::array<std::string_view, 4> kLevels{"debug", "info", "warn", "error"};
constexpr unsigned kMaxThreads = 256;

Error expected(const char* name, std::string_view what, const std::string& found) {
  return usage_error(fmt::format("{}: expected {}, found '{}'", name, what, found));
}

Result<void> whole(const char* name, const std::string& text, unsigned most, unsigned& value) {
  unsigned parsed = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, parsed);
  if (error != std::errc{} || stop != end || parsed > most) {
    return expected(name, fmt::format("a whole number from 0 to {}", most), text);
  }
  value = parsed;
  return {};
}

Result<void> level(const char* name, const std::string& text, LogLevel& value) {
  for (std::size_t i = 0; i < kLevels.size(); ++i) {
    if (text != kLevels[i]) continue;
    value = static_cast<LogLevel>(i);
    return {};
  }
  return expected(name, "debug, info, warn or error", text);
}

Result<void> duration(const char* name, const std::string& text, units::Duration& value) {
  auto parsed = units::parse_duration(text);
  if (!parsed) return usage_error(fmt::format("{}: {}", name, parsed.error().message));
  value = *parsed;
  return {};
}

Result<void> bytes(const char* name, const std::string& text, std::optional<units::Bytes>& value) {
  auto parsed = units::parse_bytes(text);
  if (!parsed) return usage_error(fmt::format("{}: {}", name, parsed.error().message));
  value = *parsed;
  return {};
}

// It becomes the value of a header.
Result<void> pod_name(const char* name, const std::string& text, std::string& value) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  };
  if (!std::all_of(text.begin(), text.end(), is_plain))
    return expected(name, "letters, digits, '-', '.' and '_'", text);
  value = text;
  return {};
}

Result<void> redis(const char* name, const std::string& text, std::optional<RedisUrl>& value) {
  auto parsed = parse_redis_url(text);
  if (!parsed) return usage_error(fmt::format("{}: {}", name, parsed.error().message));
  value = std::move(*parsed);
  return {};
}

struct Variable {
  const char* name;
  const char* help;
  Result<void> (*read)(const char* name, const std::string& text, Options& options);
};

constexpr std::array<Variable, 10> kVariables{{
    {"PORT", "listening port; 0 takes a free one (8080)",
     [](const char* name, const std::string& text, Options& options) -> Result<void> {
       unsigned port = options.port;
       auto read = whole(name, text, 65535, port);
       options.port = static_cast<std::uint16_t>(port);
       return read;
     }},
    {"THREADS", "threads for requests, and as many for /work (as many as the CPU limit)",
     [](const char* name, const std::string& text, Options& options) {
       return whole(name, text, kMaxThreads, options.threads);
     }},
    {"LOG_LEVEL", "debug, info, warn or error (info)",
     [](const char* name, const std::string& text, Options& options) {
       return level(name, text, options.log_level);
     }},
    {"SHUTDOWN_GRACE", "from SIGTERM, when /ready fails, to closing the listener (5s)",
     [](const char* name, const std::string& text, Options& options) {
       return duration(name, text, options.shutdown_grace);
     }},
    {"DRAIN_TIMEOUT", "then at most this long for requests that are running (10s)",
     [](const char* name, const std::string& text, Options& options) {
       return duration(name, text, options.drain_timeout);
     }},
    {"HEADER_TIMEOUT", "for a request to arrive, from its first byte (10s)",
     [](const char* name, const std::string& text, Options& options) {
       return duration(name, text, options.header_timeout);
     }},
    {"IDLE_TIMEOUT", "how long a connection may wait for its next request (75s)",
     [](const char* name, const std::string& text, Options& options) {
       return duration(name, text, options.idle_timeout);
     }},
    {"MAX_MEMORY", "what /memory may hold altogether (no bound but the limit's)",
     [](const char* name, const std::string& text, Options& options) {
       return bytes(name, text, options.max_memory);
     }},
    {"POD_NAME", "answers name it in the header X-Pod (they do not)",
     [](const char* name, const std::string& text, Options& options) {
       return pod_name(name, text, options.pod_name);
     }},
    {"REDIS_URL", "where /count keeps its number: redis://[:password@]host:port/database (none)",
     [](const char* name, const std::string& text, Options& options) {
       return redis(name, text, options.redis);
     }},
}};

}  // namespace

std::optional<std::string> process_environment(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? std::nullopt : std::optional<std::string>{text};
}

Result<Options> read_options(const Environment& environment) {
  Options options;
  for (const auto& variable : kVariables) {
    const auto text = environment(variable.name);
    if (!text || text->empty()) continue;
    if (auto read = variable.read(variable.name, *text, options); !read) return read.error();
  }
  return options;
}

std::string_view name(LogLevel level) noexcept { return kLevels[static_cast<std::size_t>(level)]; }

std::string environment_help() {
  std::string help = "Environment:\n";
  for (const auto& variable : kVariables) {
    help += fmt::format("  {:<16}{}\n", variable.name, variable.help);
  }
  return help;
}

}  // namespace plimsoll::target

#include "target/run/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <functional>
#include <utility>

#include "core/result/result.hpp"

namespace plimsoll::target::run {
namespace {

constexpr unsigned kMaxThreads = 256;

Error expected(std::string_view what, std::string_view found) {
  return invalid_input(fmt::format("expected {}, found '{}'", what, found));
}

Result<unsigned> whole(std::string_view text, unsigned most) {
  unsigned value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || value > most)
    return expected(fmt::format("a whole number from 0 to {}", most), text);
  return value;
}

Result<std::uint16_t> port(std::string_view text) {
  const auto value = whole(text, 65535);
  if (!value) return value.error();
  return static_cast<std::uint16_t>(*value);
}

Result<unsigned> threads(std::string_view text) { return whole(text, kMaxThreads); }

Result<logging::LogLevel> level(std::string_view text) {
  if (const auto value = logging::log_level(text)) return *value;
  return expected("debug, info, warn or error", text);
}

// It becomes the value of a header.
Result<std::string> pod_name(std::string_view text) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  };
  if (!std::all_of(text.begin(), text.end(), is_plain))
    return expected("letters, digits, '-', '.' and '_'", text);
  return std::string{text};
}

// CLI11 does not say where a value came from.
bool is_in_environment(const std::string& variable, const std::string& text) {
  const char* value = std::getenv(variable.c_str());
  return value != nullptr && value == text;
}

template <typename Value, typename Read>
void add(CLI::App& app, const std::string& flag, const std::string& variable, Value& value,
         Read read, const std::string& help) {
  const auto take = [&value, read, flag, variable](const std::string& text) {
    auto parsed = read(text);
    if (!parsed) {
      throw CLI::ValidationError(is_in_environment(variable, text) ? variable : flag,
                                 parsed.error().message);
    }
    value = std::move(*parsed);
  };
  app.add_option_function<std::string>(flag, take, help)->envname(variable)->type_name("");
}

}  // namespace

void add_options(CLI::App& app, Options& options) {
  const auto duration = [](std::string_view text) { return units::parse_duration(text); };
  const auto bytes = [](std::string_view text) { return units::parse_bytes(text); };
  const auto url = [](std::string_view text) { return redis::parse_url(text); };
  add(app, "--port", "PORT", options.port, port, "Listening port; 0 takes a free one (8080)");
  add(app, "--threads", "THREADS", options.threads, threads,
      "Threads for requests, and as many for /work (as many as the CPU limit)");
  add(app, "--log-level", "LOG_LEVEL", options.log_level, level,
      "debug, info, warn or error (info)");
  add(app, "--shutdown-grace", "SHUTDOWN_GRACE", options.shutdown_grace, duration,
      "From SIGTERM, when /ready fails, to closing the listener (5s)");
  add(app, "--drain-timeout", "DRAIN_TIMEOUT", options.drain_timeout, duration,
      "Then at most this long for requests that are running (10s)");
  add(app, "--header-timeout", "HEADER_TIMEOUT", options.header_timeout, duration,
      "For a request to arrive, from its first byte (10s)");
  add(app, "--idle-timeout", "IDLE_TIMEOUT", options.idle_timeout, duration,
      "How long a connection may wait for its next request (75s)");
  add(app, "--max-memory", "MAX_MEMORY", options.max_memory, bytes,
      "What /memory may hold altogether (no bound but the limit's)");
  add(app, "--pod-name", "POD_NAME", options.pod_name, pod_name,
      "Answers name it in the header X-Pod (they do not)");
  add(app, "--redis-url", "REDIS_URL", options.redis, url,
      "Where /count keeps its number: redis://[:password@]host:port/database (none)");
}

}  // namespace plimsoll::target::run

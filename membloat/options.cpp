#include "membloat/options.hpp"

namespace plimsoll::membloat {
namespace {

Result<Victim> parse_victim(std::string_view text) {
  if (text == "container") return Victim::kContainer;
  if (text == "self") return Victim::kSelf;
  return usage_error("'" + std::string{text} + "' is neither container nor self");
}

}  // namespace

Result<units::Bytes> parse_byte_rate(std::string_view text) {
  const auto amount = text.ends_with("/s") ? text.substr(0, text.size() - 2) : text;
  const auto bytes = units::parse_bytes(amount);
  if (!bytes || bytes->count == 0)
    return usage_error("'" + std::string{text} + "' is not a rate: write it as 10Mi/s");
  return bytes;
}

std::optional<int> parse_options(int argc, const char* const* argv, Options& options) {
  CLI::App app{"Takes an exact amount of memory, holds it, or goes past the limit.", "membloat"};
  app.footer(
      "Exit codes: 0 reached and held, 2 bad usage or no limit set, 3 not reached (or wanted an "
      "OOM\n"
      "kill and survived), 4 refused or not readable, 130/143 stopped by SIGINT/SIGTERM.\n"
      "Killed by the kernel, its caller sees 137.\n"
      "Example: kubectl exec POD -- membloat --percent-of-limit 120");
  std::optional<units::Duration> hold;
  auto* goal = app.add_option_group("goal", "How much, exactly one of");
  cli::add_parsed(*goal, "--bytes", options.bytes, units::parse_bytes, "This much of its own",
                  "BYTES");
  cli::add_parsed(*goal, "--percent-of-limit", options.percent_of_limit, units::parse_percent,
                  "Until the container as a whole uses this share of its memory limit", "PERCENT");
  cli::add_parsed(*goal, "--leave", options.leave, units::parse_bytes,
                  "Until the container has only this much left below its limit", "BYTES");
  goal->require_option(1);
  cli::add_parsed(app, "--rate", options.rate, parse_byte_rate,
                  "Grow no faster than this (default: at once)", "BYTES/s");
  cli::add_parsed(app, "--hold", hold, units::parse_duration,
                  "How long to stay there (default 60s)", "DURATION");
  std::optional<Victim> victim;
  cli::add_parsed(app, "--victim", victim, parse_victim,
                  "Past the limit, whom the kernel is to kill: container (PID 1, so the container "
                  "restarts; default) or self (only membloat)",
                  "container|self");
  cli::add_common(app, options.common);
  if (const auto exit = cli::parse(app, argc, argv)) return exit;
  options.hold = hold.value_or(options.hold);
  options.victim = victim.value_or(options.victim);
  return std::nullopt;
}

}  // namespace plimsoll::membloat

#include "membloat/options.hpp"

#include <fmt/format.h>

#include <array>

namespace plimsoll::membloat {
namespace {

constexpr std::array kKinds{Kind::kAnonymous, Kind::kMemfd, Kind::kPageCache, Kind::kMlock};

Result<Kind> parse_kind(std::string_view text) {
  for (const auto kind : kKinds)
    if (text == name(kind)) return kind;
  return invalid_input(fmt::format("'{}' is none of anonymous, memfd, page-cache and mlock", text));
}

Result<bool> parse_switch(std::string_view text) {
  if (text == "on" || text == "off") return text == "on";
  return invalid_input(fmt::format("'{}' is neither on nor off", text));
}

Result<Victim> parse_victim(std::string_view text) {
  if (text == "container") return Victim::kContainer;
  if (text == "self") return Victim::kSelf;
  return invalid_input("'" + std::string{text} + "' is neither container nor self");
}

// What it is made of, and how it comes and goes.
void add_manner(CLI::App& app, Options& options) {
  cli::add_parsed(app, "--rate", options.rate, parse_byte_rate,
                  "Grow no faster than this (default: at once)", "BYTES/s");
  cli::add_parsed(app, "--shape", options.shape, shape::Shape::parse_share,
                  "The goal over time while it holds: sawtooth:period=30s,low=10% (or square:, "
                  "sine: with period and low), or trace:FILE with lines 'TIME SHARE'",
                  "SHAPE");
  cli::add_parsed(app, "--kind", options.kind, parse_kind,
                  "Of what: anonymous (default), memfd (tmpfs), page-cache, mlock", "KIND");
  app.add_option("--dir", options.folder, "Where page cache has its file (default /tmp)")
      ->type_name("FOLDER");
  app.add_flag("--force", options.force,
               "Begin also when the machine has too little; it stops in time all the same");
}

}  // namespace

std::string_view name(Kind kind) noexcept {
  switch (kind) {
    case Kind::kAnonymous:
      return "anonymous";
    case Kind::kMemfd:
      return "memfd";
    case Kind::kPageCache:
      return "page-cache";
    case Kind::kMlock:
      return "mlock";
  }
  return "";
}

Result<units::Bytes> parse_byte_rate(std::string_view text) {
  const auto amount = text.ends_with("/s") ? text.substr(0, text.size() - 2) : text;
  const auto bytes = units::parse_bytes(amount);
  if (!bytes || bytes->count == 0)
    return invalid_input("'" + std::string{text} + "' is not a rate: write it as 10Mi/s");
  return bytes;
}

std::optional<int> parse_options(int argc, const char* const* argv, Options& options) {
  CLI::App app{"Takes an exact amount of memory, holds it, or goes past the limit.", "membloat"};
  app.footer(
      "Exit codes: 0 reached and held, 2 bad usage or no limit set, 3 not reached (or wanted an "
      "OOM\n"
      "kill and survived), 4 refused or not readable, 5 heartbeat missed, 130/143 stopped by "
      "SIGINT/SIGTERM.\n"
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
  add_manner(app, options);
  std::optional<bool> huge_pages;
  cli::add_parsed(app, "--thp", huge_pages, parse_switch,
                  "Huge pages: off (default, exact to 4Ki) or on", "on|off");
  cli::add_parsed(app, "--hold", hold, units::parse_duration,
                  "How long to stay there (default 60s, at most 30d)", "DURATION");
  std::optional<Victim> victim;
  cli::add_parsed(app, "--victim", victim, parse_victim,
                  "Past the limit, whom the kernel is to kill: container (PID 1, so the container "
                  "restarts; default) or self (only membloat)",
                  "container|self");
  timed_run::add_options(app, options);
  if (const auto exit = cli::parse(app, argc, argv)) return exit;
  options.hold = hold.value_or(options.hold);
  options.victim = victim.value_or(options.victim);
  options.huge_pages = huge_pages.value_or(false);
  return std::nullopt;
}

Result<void> check(const Options& options) {
  const auto kind = options.kind.value_or(Kind::kAnonymous);
  if (options.hold > timed_run::kLongest) return invalid_input("--hold: 30d is the longest");
  if (options.huge_pages && kind != Kind::kAnonymous && kind != Kind::kMlock)
    return invalid_input(fmt::format("--thp on: --kind {} has no huge pages here", name(kind)));
  if (!options.folder.empty() && kind != Kind::kPageCache)
    return invalid_input("--dir: only --kind page-cache has a file");
  if (options.shape && options.rate)
    return invalid_input("--rate and --shape exclude each other: the shape says how fast");
  if (options.shape && options.hold.count() == 0)
    return invalid_input("--shape: it lasts as long as --hold, which is 0");
  return {};
}

}  // namespace plimsoll::membloat

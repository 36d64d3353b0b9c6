#include "cpuburn/options.hpp"

namespace plimsoll::cpuburn {

std::optional<int> parse_options(int argc, const char* const* argv, Options& options) {
  CLI::App app{"Burns an exact amount of CPU and says what it got and why.", "cpuburn"};
  app.footer(
      "Exit codes: 0 reached (or, above 100 % of the limit, held at the limit), 2 bad usage or no\n"
      "limit set, 3 not reached, 4 limit not readable, 130/143 stopped by SIGINT/SIGTERM.\n"
      "Example: kubectl exec POD -- cpuburn --percent-of-limit 150 -d 2m");
  std::optional<units::Duration> duration;
  std::optional<units::Duration> ramp;
  auto* aim = app.add_option_group("aim", "How much, exactly one of");
  cli::add_parsed(*aim, "--cores", options.cores, units::parse_cores, "CPU cores, such as 0.5",
                  "CORES");
  cli::add_parsed(*aim, "--percent-of-limit", options.percent_of_limit, units::parse_percent,
                  "Share of the container's CPU limit; above 100 it gets throttled", "PERCENT");
  cli::add_parsed(*aim, "--percent-of-node", options.percent_of_node, units::parse_percent,
                  "Share of the CPUs that this process may run on", "PERCENT");
  aim->require_option(1);
  cli::add_parsed(app, "-d,--duration", duration, units::parse_duration, "How long (default 60s)",
                  "DURATION");
  cli::add_parsed(app, "--ramp", ramp, units::parse_duration,
                  "Rise from 0 to the aim in this time, which is part of the duration", "DURATION");
  app.add_option("--threads", options.threads, "Threads (default: as many as the aim needs)")
      ->check(CLI::Range(1, 4096))
      ->type_name("N");
  cli::add_common(app, options.common);
  if (const auto exit = cli::parse(app, argc, argv)) return exit;
  options.duration = duration.value_or(options.duration);
  options.ramp = ramp.value_or(options.ramp);
  return std::nullopt;
}

}  // namespace plimsoll::cpuburn

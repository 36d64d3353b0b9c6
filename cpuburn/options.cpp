#include "cpuburn/options.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <string_view>

namespace plimsoll::cpuburn {
namespace {

void add_aim(CLI::App& app, Options& options) {
  auto* aim = app.add_option_group("aim", "How much, exactly one of");
  cli::add_parsed(*aim, "--cores", options.cores, units::parse_cores, "CPU cores, such as 0.5",
                  "CORES");
  cli::add_parsed(*aim, "--percent-of-limit", options.percent_of_limit, units::parse_percent,
                  "Share of the container's CPU limit; above 100 it gets throttled", "PERCENT");
  auto* of_request = cli::add_parsed(
      *aim, "--percent-of-request", options.percent_of_request, units::parse_percent,
      "Share of the container's CPU request, as an HPA counts", "PERCENT");
  cli::add_parsed(*aim, "--percent-of-node", options.percent_of_node, units::parse_percent,
                  "Share of the CPUs that this process may run on", "PERCENT");
  aim->require_option(1);
  cli::add_parsed(app, "--request", options.request, units::parse_cores,
                  fmt::format("The container's CPU request, such as 250m (default: ${} from the "
                              "Downward API)",
                              kRequestVariable),
                  "CORES")
      ->needs(of_request);
}

}  // namespace

std::optional<int> parse_options(int argc, const char* const* argv, Options& options) {
  CLI::App app{"Burns an exact amount of CPU and says what it got and why.", "cpuburn"};
  app.footer(
      "Exit codes: 0 reached (or, above 100 % of the limit, held at the limit), 2 bad usage or no\n"
      "limit set, 3 not reached, 4 limit not readable, 5 heartbeat missed, 130/143 stopped by\n"
      "SIGINT/SIGTERM.\n"
      "Example: kubectl exec POD -- cpuburn --percent-of-limit 150 -d 2m");
  std::optional<units::Duration> duration;
  std::optional<units::Duration> ramp;
  add_aim(app, options);
  cli::add_parsed(app, "-d,--duration", duration, units::parse_duration,
                  "How long (default 60s, at most 30d)", "DURATION");
  cli::add_parsed(app, "--ramp", ramp, units::parse_duration,
                  "Rise from 0 to the aim in this time, which is part of the duration", "DURATION");
  cli::add_parsed(app, "--shape", options.shape, shape::Shape::parse_share,
                  "The aim over time: square:period=30s,low=10%,duty=50% (or sine:, sawtooth: with "
                  "period and low), or trace:FILE with lines 'TIME SHARE'",
                  "SHAPE");
  app.add_option("--threads", options.threads, "Threads (default: as many as the aim needs)")
      ->check(CLI::Range(1, 4096))
      ->type_name("N");
  timed_run::add_options(app, options);
  if (const auto exit = cli::parse(app, argc, argv)) return exit;
  options.duration = duration.value_or(options.duration);
  options.ramp = ramp.value_or(options.ramp);
  return std::nullopt;
}

Result<units::Cores> request_of(const Options& options, const char* variable) {
  if (options.request) {
    if (options.request->count > 0) return *options.request;
    return invalid_input("--request: must be above 0");
  }
  if (variable == nullptr)
    return invalid_input(fmt::format(
        "--percent-of-request: the CPU request is not known in a container; give it with --request "
        "250m, or as ${} from the Downward API (requests.cpu, divisor 1m)",
        kRequestVariable));
  const std::string_view text{variable};
  std::uint64_t millicores = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), millicores);
  if (error != std::errc{} || end != text.data() + text.size())
    return invalid_input(fmt::format("${}: '{}' is not a whole number of millicores (divisor: 1m)",
                                     kRequestVariable, text));
  if (millicores == 0)
    return invalid_input(
        fmt::format("${} is 0: no CPU request is set on this container", kRequestVariable));
  return units::Cores{static_cast<double>(millicores) / 1000};
}

Result<void> check(const Options& options) {
  if (options.duration.count() == 0) return invalid_input("--duration: must be above 0");
  if (options.duration > timed_run::kLongest)
    return invalid_input("--duration: 30d is the longest");
  if (options.ramp >= options.duration && options.ramp.count() > 0)
    return invalid_input("--ramp: must be shorter than --duration");
  return {};
}

}  // namespace plimsoll::cpuburn

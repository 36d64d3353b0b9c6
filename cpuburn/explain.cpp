#include "cpuburn/explain.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace plimsoll::cpuburn {
namespace {

std::string shown(double cores) { return units::format_cores({cores}); }

std::string line(std::string_view name, std::string_view text) {
  return fmt::format("  {:<9} {}\n", name, text);
}

std::string limit_line(const Here& here) {
  if (!here.limit) return line("limit", "not known: " + here.limit.error().message);
  if (!*here.limit) return line("limit", "none is set: nothing throttles this container");
  const auto& limit = **here.limit;
  return line("limit", fmt::format("{}: {} of CPU time in each period of {} ({})",
                                   units::format_cores(limit.cores),
                                   units::format_duration(units::from_seconds(
                                       limit.cores.count * units::seconds(limit.period))),
                                   units::format_duration(limit.period), limit.file));
}

std::string aim_line(const Options& options, const Plan& plan) {
  std::string text =
      fmt::format("{} by {} thread{}, paced in slots of {}, for {}", plan.asked, plan.threads,
                  plan.threads == 1 ? "" : "s", units::format_duration(plan.slot),
                  units::format_duration(options.duration));
  if (options.ramp.count() > 0)
    text += fmt::format(", rising in the first {}", units::format_duration(options.ramp));
  if (options.shape)
    text += fmt::format(", shaped: {} on average",
                        shown(plan.cores * options.shape->mean({}, options.duration)));
  return line("aim", text);
}

std::string expect_throttled(const Here& here, const Plan& plan) {
  const double limit = *plan.limit_cores;
  const double running = std::min(plan.threads, here.cpus);
  if (limit >= here.cpus)
    return "use of the whole node and no throttling: the limit is not below the CPUs";
  std::string text = fmt::format(
      "use stays at {}, never above it, and about all periods are throttled: the kernel stops the "
      "container for the rest of a period whose quota is used",
      shown(limit));
  if (here.version == 2)
    text += fmt::format("; cpu.pressure some about {:.0f}%", 100 * (1 - limit / running));
  if (!plan.on_purpose)
    text += "; more than the limit was asked for in cores, so it will end as not reached (3)";
  return text;
}

std::string expect_line(const Here& here, const Plan& plan) {
  if (plan.past_limit) return line("expect", expect_throttled(here, plan));
  if (!plan.limit_cores)
    return line("expect", fmt::format("use of {}, as far as other load leaves the CPUs",
                                      shown(plan.highest)));
  return line("expect",
              fmt::format("use of {} and no throttling, as long as the rest of the container uses "
                          "less than {}",
                          shown(plan.highest), shown(*plan.limit_cores - plan.highest)));
}

std::string ends_line(const Options& options) {
  std::string text = fmt::format("after {} at the latest, and at once on SIGTERM or SIGINT",
                                 units::format_duration(options.duration));
  if (options.lifelines.until_stdin_closes) text += ", and when standard input closes";
  if (!options.lifelines.heartbeat.empty())
    text += ", and when nobody touches " + options.lifelines.heartbeat;
  return line("ends", text);
}

}  // namespace

std::string explain(const Options& options, const Here& here, const Result<Plan>& planned) {
  std::string text = "cpuburn: what will happen here, and why\n";
  text += line("cgroup", here.version ? fmt::format("version {}", *here.version)
                                      : "not to be found: limits are not known");
  text += limit_line(here);
  if (options.percent_of_request && options.request)
    text += line("request", units::format_cores(*options.request));
  text += line("CPUs", fmt::format("this process may run on {}", here.cpus));
  if (!planned) return text;
  text += aim_line(options, *planned) + expect_line(here, *planned) + ends_line(options);
  return text;
}

}  // namespace plimsoll::cpuburn

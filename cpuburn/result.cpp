#include "cpuburn/result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace plimsoll::cpuburn {
namespace {

std::string shown(double cores) { return units::format_cores({cores}); }

// A run this short can be off by a slot or two without anybody's fault.
bool close_to(double achieved, double wanted) {
  return achieved >= wanted - std::max(0.005, 0.03 * wanted);
}

double throttled_share(const Measured& measured) {
  if (!measured.throttling || measured.throttling->periods == 0) return 0;
  return static_cast<double>(measured.throttling->throttled_periods) /
         static_cast<double>(measured.throttling->periods);
}

std::string why_not(const Plan& plan, const Measured& measured) {
  if (plan.past_limit && !plan.on_purpose && close_to(measured.achieved_cores, *plan.limit_cores))
    return fmt::format(
        "the kernel holds this container at its limit of {}; to be throttled on "
        "purpose use --percent-of-limit 150",
        shown(*plan.limit_cores));
  if (throttled_share(measured) > 0.05) {
    const double others = measured.cgroup_cores.value_or(0) - measured.achieved_cores;
    if (others > 0.02)
      return fmt::format("throttled: other processes of this container used {} of its limit of {}",
                         shown(others), shown(measured.limit_cores.value_or(0)));
    return fmt::format("throttled in {:.0f}% of the periods", 100 * throttled_share(measured));
  }
  return "other load on this node took the CPUs (not throttled)";
}

Verdict judge_use(const Plan& plan, const Measured& measured) {
  if (close_to(measured.achieved_cores, measured.requested_cores))
    return {ExitCode::kPassed, "reached",
            plan.past_limit ? "the aim is the limit itself" : "the aim was reached"};
  // A throttled period is one whose whole quota was used.
  const bool held =
      measured.limit_cores && (close_to(measured.achieved_cores, measured.attainable_cores) ||
                               throttled_share(measured) >= 0.5);
  if (plan.past_limit && plan.on_purpose && held)
    return {ExitCode::kPassed, "held at the limit",
            fmt::format("the kernel holds this container at its limit of {}, as expected",
                        shown(*measured.limit_cores))};
  return {ExitCode::kInconclusive, "not reached", why_not(plan, measured)};
}

}  // namespace

Verdict judge(const Plan& plan, const Measured& measured) {
  if (const auto cut = timed_run::cut_short(measured.ended)) return *cut;
  return timed_run::with_ending(judge_use(plan, measured), measured.ended);
}

std::string to_text(const Plan& plan, const Measured& measured, const Verdict& verdict) {
  const bool shaped = std::abs(measured.requested_cores - plan.cores) > 0.001;
  std::string text = fmt::format(
      "cpuburn: {}: asked {}{}, got {:.4f} cores in {:.1f}s, {} thread{}\n", verdict.outcome,
      plan.asked, shaped ? fmt::format(", {:.4f} on average", measured.requested_cores) : "",
      measured.achieved_cores, measured.duration_s, measured.threads,
      measured.threads == 1 ? "" : "s");
  if (!measured.throttling)
    text += "throttled: not known, the cgroup's cpu.stat is not readable here\n";
  else if (!measured.limit_cores)
    text += "throttled: never, no CPU limit is set here\n";
  else
    text += fmt::format("throttled: {} of {} periods, {:.2f}s summed over CPUs\n",
                        measured.throttling->throttled_periods, measured.throttling->periods,
                        measured.throttling->throttled_seconds);
  return text + "why: " + verdict.reason + "\n";
}

std::string to_json(const Plan& plan, const Measured& measured, const Verdict& verdict) {
  using Json = nlohmann::ordered_json;
  const auto or_null = [](const auto& value) { return value ? Json(*value) : Json(nullptr); };
  Json group = {{"version", or_null(measured.cgroup_version)},
                {"limit_cores", or_null(measured.limit_cores)},
                {"periods", nullptr},
                {"throttled_periods", nullptr},
                {"throttled_seconds", nullptr},
                {"used_cores", or_null(measured.cgroup_cores)}};
  if (measured.throttling) {
    group["periods"] = measured.throttling->periods;
    group["throttled_periods"] = measured.throttling->throttled_periods;
    group["throttled_seconds"] = measured.throttling->throttled_seconds;
  }
  Json pressure = nullptr;
  if (measured.pressure)
    pressure = {{"some_avg10", measured.pressure->some_avg10},
                {"full_avg10", measured.pressure->full_avg10}};
  const Json json = {{"schema", "plimsoll.cpuburn/v1"},
                     {"version", PLIMSOLL_VERSION},
                     {"asked", plan.asked},
                     {"requested_cores", measured.requested_cores},
                     {"attainable_cores", measured.attainable_cores},
                     {"achieved_cores", measured.achieved_cores},
                     {"duration_s", measured.duration_s},
                     {"threads", measured.threads},
                     {"cgroup", group},
                     {"pressure", pressure},
                     {"outcome", verdict.outcome},
                     {"reason", verdict.reason},
                     {"exit_code", number(verdict.code)}};
  return json.dump(2) + "\n";
}

}  // namespace plimsoll::cpuburn

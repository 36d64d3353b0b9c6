#include "membloat/result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace plimsoll::membloat {
namespace {

std::string shown(std::uint64_t bytes) { return units::format_bytes({bytes}); }

// The kernel counts a container's use in batches, for each CPU.
std::uint64_t tolerance(const Plan& plan) {
  return plan.of_usage ? std::max(plan.limit.value_or(0) / 200, kMargin) : kPage;
}

std::string percent_of_limit(const Plan& plan, std::uint64_t bytes) {
  if (!plan.limit) return "";
  return fmt::format(" ({:.1f}% of the limit of {})",
                     100.0 * static_cast<double>(bytes) / static_cast<double>(*plan.limit),
                     shown(*plan.limit));
}

Verdict survived(const Measured& measured) {
  if (measured.oom_kills > 0)
    return {ExitCode::kInconclusive, "survived",
            "the kernel killed another process of this container instead"};
  return {ExitCode::kInconclusive, "survived",
          "an OOM kill was wanted, all of the memory was taken, and none came"};
}

Verdict judge_level(const Plan& plan, const Measured& measured) {
  if (plan.past_limit) return survived(measured);
  const auto goal = measured.shaped.value_or(plan.goal);
  if (measured.reached + tolerance(plan) < goal)
    return {ExitCode::kInconclusive, "not reached",
            fmt::format("{} is missing", shown(goal - measured.reached))};
  if (measured.reached > goal + tolerance(plan))
    return {
        ExitCode::kInconclusive, "not reached",
        fmt::format("the container uses {} more without membloat", shown(measured.reached - goal))};
  return {ExitCode::kPassed, "reached",
          measured.shaped ? "the shape was followed up to its highest level"
                          : "the goal was reached and held"};
}

}  // namespace

Verdict judge(const Plan& plan, const Measured& measured) {
  if (measured.about_to_exceed)
    return {ExitCode::kInconclusive, "about to exceed the limit",
            "written before the last step; the kernel's OOM kill leaves no time for more"};
  if (const auto cut = timed_run::cut_short(measured.ended)) return *cut;
  if (measured.stopped)
    return {exit_code(*measured.stopped), "not reached", measured.stopped->message};
  return timed_run::with_ending(judge_level(plan, measured), measured.ended);
}

std::string to_text(const Plan& plan, const Measured& measured, const Verdict& verdict) {
  std::string text =
      fmt::format("membloat: {}: asked {}, holds {} of its own in {:.1f}s\n", verdict.outcome,
                  plan.asked, shown(measured.resident), measured.duration_s);
  if (measured.usage)
    text += fmt::format("container: uses {}{}, peak {}, {} OOM kill{}\n", shown(*measured.usage),
                        percent_of_limit(plan, *measured.usage), shown(measured.peak),
                        measured.oom_kills, measured.oom_kills == 1 ? "" : "s");
  if (measured.huge) text += fmt::format("huge pages: {}\n", shown(*measured.huge));
  return text + "why: " + verdict.reason + "\n";
}

std::string to_json(const Plan& plan, const Measured& measured, const Verdict& verdict) {
  using Json = nlohmann::ordered_json;
  const auto or_null = [](const auto& value) { return value ? Json(*value) : Json(nullptr); };
  Json group = {{"version", or_null(measured.cgroup_version)},
                {"limit_bytes", or_null(plan.limit)},
                {"usage_bytes", or_null(measured.usage)},
                {measured.cgroup_version == 1 ? "failcnt" : "max_events", nullptr},
                {"oom_kills", nullptr}};
  if (measured.usage) {
    group[measured.cgroup_version == 1 ? "failcnt" : "max_events"] = measured.limit_hits;
    group["oom_kills"] = measured.oom_kills;
  }
  const Json json = {
      {"schema", "plimsoll.membloat/v1"},
      {"version", PLIMSOLL_VERSION},
      {"asked", plan.asked},
      {"goal_of", plan.of_usage ? "container" : "self"},
      {"requested_bytes", plan.goal},
      {"reached_bytes", measured.reached},
      {"resident_bytes", measured.resident},
      {"peak_bytes", measured.peak},
      {"held_bytes", {{"min", measured.lowest}, {"max", measured.highest}}},
      {"huge_page_bytes", or_null(measured.huge)},
      {"duration_s", measured.duration_s},
      {"cgroup", group},
      {"node_oom_kills", or_null(measured.node_oom_kills)},
      {"outcome", verdict.outcome},
      {"reason", verdict.reason},
      {"exit_code", measured.about_to_exceed ? Json(nullptr) : Json(number(verdict.code))}};
  return json.dump(2) + "\n";
}

}  // namespace plimsoll::membloat

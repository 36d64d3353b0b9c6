#include "membloat/explain.hpp"

#include <fmt/format.h>

namespace plimsoll::membloat {
namespace {

std::string shown(std::uint64_t bytes) { return units::format_bytes({bytes}); }

std::string line(std::string_view name, std::string_view text) {
  return fmt::format("  {:<12} {}\n", name, text);
}

std::string limit_lines(const Surroundings& here) {
  if (!here.limit) return line("limit", "not known: " + here.limit.error().message);
  if (!*here.limit) return line("limit", "none is set: only the machine's memory bounds it");
  std::string text =
      line("limit", fmt::format("{} ({})", shown((*here.limit)->bytes.count), (*here.limit)->file));
  if (here.stat)
    text += line("in use",
                 fmt::format("{}, of it {} page cache, which the kernel drops before it "
                             "kills",
                             shown(here.stat->usage.count), shown(here.stat->page_cache.count)));
  if (here.high)
    text += line("memory.high", fmt::format("{}: above it growth is slowed down by reclaim",
                                            shown(here.high->count)));
  text += line("swap", here.swap.count == 0
                           ? std::string{"none: what does not fit is killed, not swapped"}
                           : fmt::format("{} more than the limit, before anybody is killed",
                                         shown(here.swap.count)));
  if (here.version == 2)
    return text + line("oom.group", here.oom_group ? "set: an OOM kill takes the whole container"
                                                   : "not set: an OOM kill takes one process");
  return text + line("OOM killer", here.oom_killer_disabled
                                       ? "switched off: processes hang at the limit"
                                       : "takes one process (version 1 has no memory.oom.group)");
}

std::string plan_line(const Options& options, const Plan& plan, bool unowned) {
  const auto kind = unowned ? Kind::kMemfd : options.kind.value_or(Kind::kAnonymous);
  std::string text =
      fmt::format("takes {} of {} memory, asked: {}", shown(plan.own_goal), name(kind), plan.asked);
  if (unowned) text += "; a memfd that is not mapped belongs to no process";
  if (options.rate) text += fmt::format(", {} a second", shown(options.rate->count));
  if (options.huge_pages) text += fmt::format(", in huge pages; in steps of 4Ki near the goal");
  if (options.shape)
    text +=
        fmt::format(", shaped: {:.0f}% on average", 100 * options.shape->mean({}, options.hold));
  if (!plan.past_limit)
    text += fmt::format(", and holds it for {}", units::format_duration(options.hold));
  return line("plan", text);
}

std::string dies_line(const Options& options, const Surroundings& here, const Plan& plan,
                      const Arrangement& arrangement) {
  if (plan.past_limit) {
    const bool self = options.victim == Victim::kSelf && !here.oom_group;
    return line("who dies",
                arrangement.dies + (self ? "; its caller sees exit code 137, restarts stay the same"
                                         : "; restart +1, last state OOMKilled, exit code 137"));
  }
  if (!plan.limit)
    return line("who dies", fmt::format("nobody: it stops when the machine has {} left",
                                        shown(here.available.count / 5)));
  if (here.oom_group)
    return line("who dies",
                "nobody; if the service pushes the container over its limit all the "
                "same: every process of the container");
  return line("who dies",
              "nobody; if the service pushes the container over its limit all the "
              "same: membloat, which volunteers (oom_score_adj 1000)");
}

}  // namespace

std::string explain(const Options& options, const Surroundings& here, const Result<Plan>& planned,
                    const Result<Arrangement>& arrangement) {
  std::string text = "membloat: what will happen here, and why\n";
  text += line("cgroup", here.version ? fmt::format("version {}", *here.version)
                                      : "not to be found: limits are not known");
  text += limit_lines(here);
  text += line("machine", fmt::format("{} available; membloat takes 80% of that at most",
                                      shown(here.available.count)));
  if (options.huge_pages && !here.huge_page_mode.empty())
    text += line("huge pages", here.huge_page_mode == "never"
                                   ? "switched off on this machine: there will be none"
                                   : here.huge_page_mode);
  if (!planned) return text;
  text += plan_line(options, *planned, arrangement && arrangement->unowned);
  if (arrangement) text += dies_line(options, here, *planned, *arrangement);
  if (planned->past_limit)
    return text + line("ends", "when the kernel kills; 2.00s after the last step otherwise (3)");
  return text + line("ends", fmt::format("{} after the goal is reached, and at once on SIGTERM or "
                                         "SIGINT; the memory is given back",
                                         units::format_duration(options.hold)));
}

}  // namespace plimsoll::membloat

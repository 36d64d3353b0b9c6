#include "membloat/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace plimsoll::membloat {
namespace {

constexpr std::uint64_t kMi = 1024 * 1024;
constexpr std::uint64_t kNear = 64 * 1024;
constexpr double kLargest = 4e18;  // bytes
constexpr double kShareOfAvailable = 0.8;

std::string shown(std::uint64_t bytes) { return units::format_bytes({bytes}); }

// What a flag that speaks of the limit needs.
Result<std::uint64_t> needed_limit(const std::string& flag, const Surroundings& here) {
  if (!here.limit)
    return Error{here.limit.error().category, flag + ": " + here.limit.error().message};
  if (const auto limit = here.limit_bytes()) return *limit;
  return invalid_input(flag +
                       ": no memory limit is set here; set resources.limits.memory on the "
                       "container, or use --bytes");
}

Result<void> set_goal(const Options& options, const Surroundings& here, Plan& plan) {
  if (options.bytes) {
    plan.goal = options.bytes->count;
    plan.asked = shown(plan.goal);
    return {};
  }
  plan.of_usage = true;
  const bool percent = options.percent_of_limit.has_value();
  const auto limit = needed_limit(percent ? "--percent-of-limit" : "--leave", here);
  if (!limit) return limit.error();
  if (percent) {
    const double goal = options.percent_of_limit->fraction() * static_cast<double>(*limit);
    if (goal > kLargest)
      return invalid_input("--percent-of-limit: that is more than any machine has");
    plan.goal = static_cast<std::uint64_t>(std::llround(goal));
    plan.asked = fmt::format("{} ({:g}% of the limit of {})", shown(plan.goal),
                             options.percent_of_limit->value, shown(*limit));
    return {};
  }
  if (options.leave->count >= *limit)
    return invalid_input(fmt::format("--leave {}: the limit is only {}",
                                     shown(options.leave->count), shown(*limit)));
  plan.goal = *limit - options.leave->count;
  plan.asked = fmt::format("{} (the limit of {} but {})", shown(plan.goal), shown(*limit),
                           shown(options.leave->count));
  return {};
}

// A goal at the limit itself stays just below it.
void keep_below_limit(Plan& plan) {
  const std::uint64_t margin = std::min(kMargin, *plan.limit / 16);
  if (plan.of_usage) plan.goal = std::min(plan.goal, *plan.limit - margin);
}

Result<void> spare_the_machine(const Options& options, const Plan& plan, const Surroundings& here) {
  // Forced, it begins, and stops when a fifth of what was available is left.
  if (options.force) return {};
  // Past the limit the kernel stops it there, or when the container's swap is used up, too.
  std::uint64_t most = plan.own_goal;
  if (plan.limit) most = std::min(most, *plan.limit + here.swap.count);
  const auto allowed =
      static_cast<std::uint64_t>(kShareOfAvailable * static_cast<double>(here.available.count));
  if (most <= allowed) return {};
  return unavailable(
      fmt::format("asked for {}, which takes {} more, but this machine has {} available and "
                  "membloat takes 80% of that at most; set a memory limit, ask for less, or "
                  "go as far as that with --force",
                  plan.asked, shown(most), shown(here.available.count)));
}

// What the kind of memory and the shape have to say against the goal.
Result<void> suit(const Options& options, const Plan& plan, const Surroundings& here) {
  const auto kind = options.kind.value_or(Kind::kAnonymous);
  if (plan.past_limit && kind == Kind::kPageCache)
    return invalid_input(
        "--kind page-cache cannot exceed a limit: the kernel drops page cache before it kills; use "
        "anonymous or memfd");
  if (plan.past_limit && options.shape)
    return invalid_input(
        "--shape: past the limit there is nothing to shape; ask for less than 100%");
  if (kind == Kind::kMlock && here.lockable && here.lockable->count < plan.own_goal)
    return unavailable(fmt::format(
        "--kind mlock: this process may lock {} (RLIMIT_MEMLOCK), and {} is needed; add the "
        "capability IPC_LOCK to the container",
        shown(here.lockable->count), shown(plan.own_goal)));
  return {};
}

}  // namespace

Result<Plan> plan(const Options& options, const Surroundings& here) {
  Plan result;
  const auto set = set_goal(options, here, result);
  if (!set) return set.error();
  if (result.goal == 0) return invalid_input("the goal must be above 0; try --bytes 64Mi");
  result.limit = here.limit_bytes();
  const std::uint64_t in_use = here.unreclaimable();
  if (result.limit) {
    const std::uint64_t total = result.of_usage ? result.goal : result.goal + in_use;
    result.past_limit = total > *result.limit;
    if (!result.past_limit) keep_below_limit(result);
  }
  result.own_goal = result.goal;
  if (result.of_usage) result.own_goal -= std::min(result.own_goal, in_use);
  if (const auto suits = suit(options, result, here); !suits) return suits.error();
  const auto spared = spare_the_machine(options, result, here);
  if (!spared) return spared.error();
  return result;
}

Step next_step(const Plan& plan, std::uint64_t own, std::uint64_t usage,
               std::uint64_t unreclaimable, std::optional<units::Bytes> rate) {
  const bool by_usage = plan.of_usage && !plan.past_limit;
  const std::uint64_t have = by_usage ? usage : own;
  const std::uint64_t goal = by_usage ? plan.goal : plan.own_goal;
  // The container's use is counted in batches of up to 256 KiB a CPU: nothing is nearer than near.
  if (have + (by_usage ? kNear : kPage) > goal) return {};
  const std::uint64_t left = (goal - have) / kPage * kPage;
  std::uint64_t most = std::clamp(goal / 16, kMi, 64 * kMi);
  if (rate) most = std::min(most, std::max(rate->count, kPage));
  if (plan.past_limit) {
    const std::uint64_t headroom = *plan.limit - std::min(*plan.limit, unreclaimable);
    if (headroom <= 2 * kMargin) return {left, true};
    most = std::min(most, headroom - kMargin);
  }
  return {std::min(left, std::max(most / kPage * kPage, kPage)), false};
}

}  // namespace plimsoll::membloat

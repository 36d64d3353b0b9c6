#include "cpuburn/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/burn/burner.hpp"

namespace plimsoll::cpuburn {
namespace {

constexpr double kMostCores = 1e5;

std::string shown(double cores) { return units::format_cores({cores}); }

Result<double> aim_of_limit(const Options& options, const Limit& limit) {
  if (!limit) return Error{limit.error().category, "--percent-of-limit: " + limit.error().message};
  if (!*limit)
    return invalid_input(
        "--percent-of-limit: no CPU limit is set here; set resources.limits.cpu on the container, "
        "or use --cores");
  return options.percent_of_limit->fraction() * (*limit)->cores.count;
}

Error beyond_the_node(const Plan& plan, int cpus) {
  return invalid_input(fmt::format("asked for {}, but this process may run on {} CPU{} only{}",
                                   plan.asked, cpus, cpus == 1 ? "" : "s",
                                   plan.on_purpose ? ": a limit that high never throttles" : ""));
}

std::string describe(const Options& options, const Plan& plan, int cpus) {
  if (options.percent_of_limit)
    return fmt::format("{} ({:g}% of the limit of {})", shown(plan.cores),
                       options.percent_of_limit->value, shown(*plan.limit_cores));
  if (options.percent_of_request)
    return fmt::format("{} ({:g}% of the request of {})", shown(plan.cores),
                       options.percent_of_request->value, units::format_cores(*options.request));
  if (options.percent_of_node)
    return fmt::format("{} ({:g}% of {} CPUs)", shown(plan.cores), options.percent_of_node->value,
                       cpus);
  return shown(plan.cores);
}

// Enough to reach the aim. To be throttled for certain it takes more threads than the quota has
// cores, also when neighbours take their share of each CPU.
int threads_for(const Plan& plan, int cpus) {
  const double wanted = std::ceil(plan.highest);
  const double saturating = plan.past_limit ? std::ceil(*plan.limit_cores) + 1 : 1;
  return static_cast<int>(std::clamp(std::max(wanted, saturating), 1.0, static_cast<double>(cpus)));
}

// Ten slots in a CFS period, so that no slot's burst uses up a period's quota.
units::Duration slot_for(const Limit& limit) {
  constexpr units::Duration kShortest = std::chrono::milliseconds{1};
  if (!limit || !*limit) return burn::Burner::kSlot;
  return std::clamp((*limit)->period / 10, kShortest, burn::Burner::kSlot);
}

Result<double> aim_of(const Options& options, const Limit& limit, int cpus) {
  if (options.percent_of_limit) return aim_of_limit(options, limit);
  if (options.percent_of_request)
    return options.percent_of_request->fraction() * options.request->count;
  if (options.percent_of_node) return options.percent_of_node->fraction() * cpus;
  return options.cores->count;
}

}  // namespace

Result<Plan> plan(const Options& options, const Limit& limit, int cpus) {
  Plan result;
  result.on_purpose = options.percent_of_limit.has_value();
  const auto aim = aim_of(options, limit, cpus);
  if (!aim) return aim.error();
  result.cores = *aim;
  result.highest = *aim * (options.shape ? options.shape->peak() : 1);
  result.slot = slot_for(limit);
  if (limit && *limit) result.limit_cores = (*limit)->cores.count;
  if (!(result.cores > 0)) return invalid_input("the aim must be above 0; try --cores 500m");
  if (result.cores > kMostCores)
    return invalid_input("the aim is more than any machine has; try --cores 500m");
  result.asked = describe(options, result, cpus);
  // The kernel's accounting is not finer than this.
  result.past_limit = result.limit_cores && result.highest >= *result.limit_cores * 0.995;
  const bool held_by_limit = result.past_limit && *result.limit_cores < cpus;
  if (result.highest > cpus && !(held_by_limit && result.on_purpose))
    return beyond_the_node(result, cpus);

  result.threads = options.threads.value_or(threads_for(result, cpus));
  if (result.threads < std::min({result.highest, result.limit_cores.value_or(result.cores)}))
    return invalid_input(
        fmt::format("--threads {}: one thread burns one core at most, and {} is asked",
                    result.threads, result.asked));
  result.ceiling = result.threads;
  // Catching up must not be what gets throttled.
  if (result.limit_cores && !result.past_limit)
    result.ceiling = std::min(result.ceiling, std::max(result.highest, *result.limit_cores * 0.99));
  return result;
}

}  // namespace plimsoll::cpuburn

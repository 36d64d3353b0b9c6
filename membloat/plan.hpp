// From what was asked and what is here to what will be done. Errors: exit code 2 for a goal that
// makes no sense here, 4 for a limit that is needed and cannot be read, and for more than the
// machine can give. Pure functions.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "membloat/options.hpp"
#include "membloat/surroundings.hpp"

namespace plimsoll::membloat {

struct Plan {
  bool of_usage = false;    // the goal is the container's use, not membloat's own memory
  std::uint64_t goal = 0;   // bytes
  bool past_limit = false;  // an OOM kill is wanted
  // How much of its own it takes at most.
  std::uint64_t own_goal = 0;
  std::optional<std::uint64_t> limit;
  std::string asked;  // "57.6Mi (90% of the limit of 64Mi)"
};

[[nodiscard]] Result<Plan> plan(const Options& options, const Surroundings& here);

// How much the next step takes. Above the limit the steps grow small, and the last one is all the
// rest at once: nothing can be said after it.
struct Step {
  std::uint64_t bytes = 0;
  bool exceeds = false;  // this is the one that the kernel answers with an OOM kill
};

// own: taken so far. unreclaimable and usage: of the container now. rate: bytes a second, if any.
[[nodiscard]] Step next_step(const Plan& plan, std::uint64_t own, std::uint64_t usage,
                             std::uint64_t unreclaimable, std::optional<units::Bytes> rate);

// Below a limit nobody gets nearer than this: the kernel counts in batches.
inline constexpr std::uint64_t kMargin = 512 * 1024;
inline constexpr std::uint64_t kPage = 4096;

}  // namespace plimsoll::membloat

// What a run of membloat will do in the place it is started in, and why: for --explain and
// --dry-run. Pure function.
#pragma once
#include <string>

#include "membloat/victim.hpp"

namespace plimsoll::membloat {

// Several lines. Of a plan or an arrangement that was refused only what comes before it is told;
// the refusal is the caller's.
[[nodiscard]] std::string explain(const Options& options, const Surroundings& here,
                                  const Result<Plan>& planned,
                                  const Result<Arrangement>& arrangement);

}  // namespace plimsoll::membloat

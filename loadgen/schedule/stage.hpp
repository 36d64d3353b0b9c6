// One --stage: "30s:500/s" is a straight line to 500/s within 30 s, "30s:=500/s" jumps there and
// stays, and a name may come first: "peak=30s:500/s", "peak=30s:=500/s". Errors: exit code 2.
// Thread-safety: values, pure functions.
#pragma once
#include <string>
#include <string_view>

#include "core/result/result.hpp"
#include "core/units/units.hpp"

namespace plimsoll::loadgen::schedule {

struct Stage {
  units::Duration duration{0};
  units::Rate rate;       // at its end
  bool step = false;      // from its start
  std::string name = "";  // empty: "stage 1" and so on
};

[[nodiscard]] Result<Stage> parse_stage(std::string_view text);

}  // namespace plimsoll::loadgen::schedule

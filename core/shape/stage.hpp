// One stage of a load: "30s:500/s" is a straight line to 500/s within 30 s, "30s:=500/s" jumps
// there and stays, and a name may come first: "peak=30s:500/s", "peak=30s:=500/s". loadgen's
// --stage, and `stages` of a load step. Errors: invalid input. Thread-safety: values, pure
// functions.
#pragma once
#include <string>
#include <string_view>

#include "core/result/result.hpp"
#include "core/units/units.hpp"

namespace plimsoll::shape {

struct Stage {
  units::Duration duration{0};
  units::Rate rate;       // at its end
  bool step = false;      // from its start
  std::string name = "";  // of its phase in loadgen's result; empty: "stage 1" and so on
};

[[nodiscard]] Result<Stage> parse_stage(std::string_view text);

}  // namespace plimsoll::shape

// What a shape's level is a number of: a share of a goal ("40%", 0 to 1), or a rate ("500/s").
// Errors: invalid input. Thread-safety: pure functions.
#pragma once
#include <string_view>

#include "core/result/result.hpp"

namespace plimsoll::shape {

enum class Unit { kShare, kRate };

struct Level {
  double value = 0;
  Unit unit = Unit::kShare;
};
// At most 100% or 1000000000/s.
[[nodiscard]] Result<Level> parse_level(std::string_view text);

}  // namespace plimsoll::shape

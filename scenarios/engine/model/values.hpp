// What the parts of a scenario have in common: labels, comparisons, conditions. Units: core/units.
// Thread-safety: values. Source: docs/scenarios.md.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "core/units/units.hpp"

namespace plimsoll::engine::model {

using units::Duration;

using Labels = std::vector<std::pair<std::string, std::string>>;  // in file order

// ">=3", "==1", "!=0", "<250", a bare "3" means "==3". For restarts every value counts from the
// start of the run, and is written "+1" (exactly one more) or ">=+1".
enum class Comparator { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };
struct Comparison {
  Comparator op = Comparator::kEqual;
  double value = 0;
  std::string text;  // as written, for messages
  [[nodiscard]] bool holds(double seen) const noexcept;
};

struct Condition {  // "ScalingActive=True"
  std::string type;
  std::string status;
};

}  // namespace plimsoll::engine::model

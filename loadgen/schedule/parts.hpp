// The parts of a shape that deserve statistics of their own. Units: seconds from the start of the
// shape. Error: invalid input. Thread-safety: pure functions.
#pragma once
#include <string>
#include <vector>

#include "core/shape/shape.hpp"

namespace plimsoll::loadgen::schedule {

struct ShapePart {
  std::string name;
  double start = 0;
  double end = 0;
};
// Without gaps from 0 to length; one part called "main" where a form has none. Error: the shape
// does not fit into length seconds.
[[nodiscard]] Result<std::vector<ShapePart>> parts(const shape::Shape& shape, double length);

}  // namespace plimsoll::loadgen::schedule

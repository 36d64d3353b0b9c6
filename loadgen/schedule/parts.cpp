#include "loadgen/schedule/parts.hpp"

#include <fmt/format.h>

namespace plimsoll::loadgen::schedule {

Result<std::vector<ShapePart>> parts(const shape::Shape& shape, double length) {
  const auto* spike = std::get_if<shape::Spike>(&shape.form());
  if (spike == nullptr) return std::vector<ShapePart>{{"main", 0, length}};
  const double end = spike->at + spike->width;
  if (end > length)
    return invalid_input(fmt::format(
        "the spike of --shape ends at {:g}s and the run at {:g}s: set a longer --duration", end,
        length));
  std::vector<ShapePart> made;
  if (spike->at > 0) made.push_back({"before", 0, spike->at});
  made.push_back({"spike", spike->at, end});
  if (end < length) made.push_back({"after", end, length});
  return made;
}

}  // namespace plimsoll::loadgen::schedule

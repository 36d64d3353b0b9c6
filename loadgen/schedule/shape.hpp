// Rates over time, each kind in a file of its own: rate(t), the arrivals N(t) due before t, and the
// inverse of N. Units: seconds from the start of the shape, arrivals. Errors of parse_shape: exit
// code 2. Thread-safety: values, pure functions.
#pragma once
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result/result.hpp"
#include "loadgen/schedule/linear.hpp"
#include "loadgen/schedule/sine.hpp"
#include "loadgen/schedule/spike.hpp"

namespace plimsoll::loadgen::schedule {

using Shape = std::variant<Linear, Spike, Sine>;

// The kinds that --shape takes: "spike:base=100/s,peak=1000/s,at=30s,for=5s".
[[nodiscard]] Result<Shape> parse_shape(std::string_view text);
// One right text of each kind, for help.
[[nodiscard]] std::string shape_examples();

[[nodiscard]] inline double rate(const Shape& shape, double t) noexcept {
  return std::visit([t](const auto& kind) { return kind.rate(t); }, shape);
}
[[nodiscard]] inline double arrivals(const Shape& shape, double t) noexcept {
  return std::visit([t](const auto& kind) { return kind.arrivals(t); }, shape);
}
[[nodiscard]] inline double time_of(const Shape& shape, double x) noexcept {
  return std::visit([x](const auto& kind) { return kind.time_of(x); }, shape);
}

// A part of a shape that deserves statistics of its own.
struct ShapePart {
  std::string name;
  double start = 0;
  double end = 0;
};
// Without gaps from 0 to length; one part called "main" where a kind has none. Error: the shape
// does not fit into length seconds.
[[nodiscard]] Result<std::vector<ShapePart>> parts(const Shape& shape, double length);

}  // namespace plimsoll::loadgen::schedule

#include "loadgen/schedule/shape.hpp"

#include <fmt/format.h>

#include <array>

namespace plimsoll::loadgen::schedule {
namespace {

struct Kind {
  std::string_view name;
  std::string_view example;
  Result<Shape> (*parse)(ShapeKeys& keys);
};

template <typename T>
Result<Shape> parsed_as(ShapeKeys& keys) {
  const auto parsed = T::parse(keys);
  if (!parsed) return parsed.error();
  return Shape{*parsed};
}

constexpr std::array kKinds = {
    Kind{"spike", "spike:base=100/s,peak=1000/s,at=30s,for=5s", parsed_as<Spike>},
    Kind{"sine", "sine:mean=500/s,amplitude=400/s,period=60s", parsed_as<Sine>},
};

}  // namespace

Result<Shape> parse_shape(std::string_view text) {
  const auto colon = text.find(':');
  for (const auto& kind : kKinds) {
    if (text.substr(0, colon) != kind.name) continue;
    ShapeKeys keys(text, colon == std::string_view::npos ? "" : text.substr(colon + 1),
                   kind.example);
    return kind.parse(keys);
  }
  return invalid_input(fmt::format("'{}' is not a shape: write it as {}", text, shape_examples()));
}

std::string shape_examples() {
  std::string examples;
  for (const auto& kind : kKinds)
    examples += fmt::format("{}{}", examples.empty() ? "" : " or ", kind.example);
  return examples;
}

Result<std::vector<ShapePart>> parts(const Shape& shape, double length) {
  const auto* spike = std::get_if<Spike>(&shape);
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

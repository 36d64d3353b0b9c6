// From values to places on a chart, and the round numbers to label it with. Places are fractions of
// the axis, 0 at its low end. Thread-safety: values.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::reports::page {

struct Axis {
  double low = 0;
  double high = 1;
  std::vector<double> ticks;  // in order, all within [low, high]

  // Where a value lies; held to 0..1, so that what is outside shows at the edge.
  [[nodiscard]] double place(double value) const noexcept;
};

// From 0 to the end, in seconds; to 1 where the end is no time to draw.
[[nodiscard]] Axis time_axis(double end);

// Whether a value is a number that an axis can reach.
[[nodiscard]] bool drawable(double value) noexcept;

// Zero and every value, ends rounded up to a tick. Values of the unit "bytes" get powers of two,
// whole numbers whole ticks. Values that are no numbers do not count.
[[nodiscard]] Axis value_axis(const std::vector<double>& values, std::string_view unit = "");

// "3", "0.25", "128Mi" (unit bytes), "80%" (unit ratio).
[[nodiscard]] std::string format_value(double value, std::string_view unit);

}  // namespace plimsoll::reports::page

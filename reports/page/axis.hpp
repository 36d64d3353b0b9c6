// From values to places on a chart, and the round numbers to label it with. Places are fractions of
// the axis, 0 at its low end. Thread-safety: values.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "reports/run/run.hpp"

namespace plimsoll::reports::page {

struct Axis {
  double low = 0;
  double high = 1;
  std::vector<double> ticks;  // in order, all within [low, high]

  // Where a value lies; held to 0..1, so that what is outside shows at the edge.
  [[nodiscard]] double place(double value) const noexcept;
};

// From the start of the run to its end, or to the last thing that has a time in it.
[[nodiscard]] Axis time_axis(const run::Run& run);

// Zero and every value, ends rounded up to a tick. Bytes get powers of two, whole numbers whole
// ticks. Values that are no numbers do not count.
[[nodiscard]] Axis value_axis(const std::vector<const run::Series*>& series);

// "3", "0.25", "128Mi" (unit bytes), "80%" (unit ratio).
[[nodiscard]] std::string format_value(double value, std::string_view unit);

}  // namespace plimsoll::reports::page

// One line chart as inline SVG, whatever its axes are: the caller says where things lie (0..1 from
// left to right and from bottom to top) and what the ticks are called, so that an axis can be time,
// a logarithm or anything else. Colours come from the page's style sheet by class.
// Thread-safety: pure functions.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/page/axis.hpp"

namespace plimsoll::reports::page {

struct PlotTick {
  double place = 0;
  std::string label;
};

// A place that is no number breaks the line: nothing was seen there. Where stepped, a value holds
// until the next point, the last one to the end of the plot.
struct PlotLine {
  bool stepped = true;
  std::vector<std::pair<double, double>> places;
};

struct Plot {
  std::string name;  // for those who cannot see it
  std::vector<PlotTick> across, up;
  std::vector<PlotLine> lines;
  std::string behind_svg, above_svg;  // put in as they are, under and over the lines
};

// Pixels; the lines are drawn between kPlotTop and kPlotTop + kPlotHeight.
inline constexpr int kPlotTop = 18, kPlotHeight = 150;

[[nodiscard]] std::string plot_svg(const Plot& plot);

// An axis of time with its labels, "00:12".
[[nodiscard]] std::vector<PlotTick> clock_ticks(const Axis& time);

// The upright grid lines over `height` pixels with their labels at `baseline`.
[[nodiscard]] std::string across_grid(const std::vector<PlotTick>& ticks, int height, int baseline);

// A stretch of time as shade behind the lines, with its name for the pointer.
[[nodiscard]] std::string shade_svg(double from, double to, std::string_view name);

// "13.2%"
[[nodiscard]] std::string percent(double fraction);

}  // namespace plimsoll::reports::page

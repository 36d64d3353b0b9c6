#include "reports/page/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/text/printable.hpp"
#include "core/units/units.hpp"
#include "reports/page/escape.hpp"

namespace plimsoll::reports::page {
namespace {

constexpr int kHeight = kPlotTop + kPlotHeight + 20;
// The inner picture that is stretched to the page's width.
constexpr double kInner = 1000;
constexpr std::size_t kColours = 6;

struct ValueGrid {
  std::string lines, labels;  // the lines go under the series, the labels on top
};

ValueGrid value_grid(const std::vector<PlotTick>& ticks) {
  ValueGrid grid;
  for (const auto& tick : ticks) {
    const double y = kPlotTop + (1 - tick.place) * kPlotHeight;
    grid.lines += fmt::format(R"(<line class="grid" x1="0" x2="100%" y1="{0:.1f}" y2="{0:.1f}"/>)"
                              "\n",
                              y);
    grid.labels += fmt::format(R"(<text class="tick halo" x="2" y="{:.1f}">{}</text>)"
                               "\n",
                               y - 4, escape(tick.label));
  }
  return grid;
}

std::string path(const PlotLine& line) {
  std::string data;
  bool open = false;
  for (const auto& [across, up] : line.places) {
    if (!std::isfinite(across)) continue;
    const double x = across * kInner;
    if (!std::isfinite(up)) {
      if (open && line.stepped) data += fmt::format("H{:.1f}", x);
      open = false;
      continue;
    }
    const double y = (1 - up) * kPlotHeight;
    if (!open)
      data += fmt::format("M{:.1f} {:.1f}", x, y);
    else if (line.stepped)
      data += fmt::format("H{:.1f}V{:.1f}", x, y);
    else
      data += fmt::format("L{:.1f} {:.1f}", x, y);
    open = true;
  }
  if (open && line.stepped) data += fmt::format("H{:.1f}", kInner);
  return data;
}

}  // namespace

std::string percent(double fraction) { return fmt::format("{:.2f}%", fraction * 100); }

std::vector<PlotTick> clock_ticks(const Axis& time) {
  std::vector<PlotTick> ticks;
  for (const double tick : time.ticks)
    ticks.push_back({time.place(tick), units::format_clock(tick)});
  return ticks;
}

std::string shade_svg(double from, double to, std::string_view name) {
  return fmt::format(
      R"(<rect class="shade" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>)"
      "\n",
      percent(from), kPlotTop, percent(to - from), kPlotHeight, escape(text::one_line(name)));
}

std::string across_grid(const std::vector<PlotTick>& ticks, int height, int baseline) {
  std::string grid;
  for (const auto& tick : ticks) {
    const auto x = tick.place;
    const auto* anchor = x < 0.03 ? "start" : x > 0.97 ? "end" : "middle";
    grid += fmt::format(R"(<line class="grid" x1="{0}" x2="{0}" y1="0" y2="{1}"/>)"
                        R"(<text class="tick" x="{0}" y="{2}" text-anchor="{3}">{4}</text>)"
                        "\n",
                        percent(x), height, baseline, anchor, escape(tick.label));
  }
  return grid;
}

std::string plot_svg(const Plot& plot) {
  auto svg =
      fmt::format("<svg width=\"100%\" height=\"{}\" role=\"img\" aria-label=\"Chart of {}\">\n",
                  kHeight, escape(text::one_line(plot.name)));
  const auto grid = value_grid(plot.up);
  svg +=
      plot.behind_svg + across_grid(plot.across, kPlotTop + kPlotHeight, kHeight - 5) + grid.lines;
  svg += fmt::format(
      "<svg y=\"{}\" width=\"100%\" height=\"{}\" viewBox=\"0 0 {} {}\" "
      "preserveAspectRatio=\"none\" overflow=\"visible\">\n",
      kPlotTop, kPlotHeight, kInner, kPlotHeight);
  // Lines that lie on each other stay visible: the first is the widest.
  for (std::size_t i = 0; i < plot.lines.size(); ++i) {
    const auto thickness = std::max(1.8, 5.0 - 1.8 * static_cast<double>(i));
    svg += fmt::format("<path class=\"line c{}\" stroke-width=\"{:.1f}\" d=\"{}\"/>\n",
                       i % kColours, thickness, path(plot.lines[i]));
  }
  return svg + "</svg>\n" + plot.above_svg + grid.labels + "</svg>\n";
}

}  // namespace plimsoll::reports::page

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/escape.hpp"
#include "reports/svg.hpp"
#include "reports/wording.hpp"

namespace plimsoll::reports {
namespace {

// Pixels.
constexpr int kPlotTop = 18, kPlot = 150, kHeight = kPlotTop + kPlot + 20;
// The inner picture that is stretched to the page's width.
constexpr double kInner = 1000;
constexpr std::size_t kColours = 6;

struct ValueGrid {
  std::string lines, labels;  // the lines go under the series, the labels on top
};

ValueGrid value_grid(const Axis& values, std::string_view unit) {
  ValueGrid grid;
  for (const double tick : values.ticks) {
    const double y = kPlotTop + (1 - values.place(tick)) * kPlot;
    grid.lines += fmt::format(R"(<line class="grid" x1="0" x2="100%" y1="{0:.1f}" y2="{0:.1f}"/>)"
                              "\n",
                              y);
    grid.labels += fmt::format(R"(<text class="tick halo" x="2" y="{:.1f}">{}</text>)"
                               "\n",
                               y - 4, escape(format_value(tick, unit)));
  }
  return grid;
}

// What the runner did to the workload, as shade behind the lines.
std::string shades(const Run& run, const Axis& time) {
  std::string text;
  for (const auto& step : run.steps) {
    if (!step.start || step.kind == "wait" || step.kind == "sleep") continue;
    const auto from = time.place(*step.start);
    const auto to = time.place(step.end.value_or(time.high));
    text += fmt::format(
        R"(<rect class="shade" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>)"
        "\n",
        percent(from), kPlotTop, percent(to - from), kPlot, escape(one_line(step.name)));
  }
  return text;
}

std::string decisions(const Run& run, const Axis& time) {
  std::string text;
  for (const auto& claim : run.claims) {
    if (!claim.at) continue;
    text += fmt::format(
        R"(<line class="when {0}" x1="{1}" x2="{1}" y1="{2}" y2="{3}"><title>{4}</title></line>)"
        "\n",
        to_string(claim.verdict), percent(time.place(*claim.at)), kPlotTop, kPlotTop + kPlot,
        escape(one_line(claim.id)));
  }
  return text;
}

// A value that is no number breaks the line: nothing was seen there.
std::string path(const Series& series, const Axis& time, const Axis& values) {
  std::string data;
  bool open = false;
  for (const auto& [t, value] : series.points) {
    if (!std::isfinite(t)) continue;
    const double x = time.place(t) * kInner;
    if (!std::isfinite(value)) {
      if (open && series.stepped) data += fmt::format("H{:.1f}", x);
      open = false;
      continue;
    }
    const double y = (1 - values.place(value)) * kPlot;
    if (!open) {
      data += fmt::format("M{:.1f} {:.1f}", x, y);
    } else if (series.stepped) {
      data += fmt::format("H{:.1f}V{:.1f}", x, y);
    } else {
      data += fmt::format("L{:.1f} {:.1f}", x, y);
    }
    open = true;
  }
  if (open && series.stepped) data += fmt::format("H{:.1f}", kInner);
  return data;
}

}  // namespace

std::string chart_svg(const Run& run, const std::vector<const Series*>& series, const Axis& time) {
  const auto values = value_axis(series);
  const auto unit = series.empty() ? std::string_view() : std::string_view(series.front()->unit);
  std::string names;
  for (const auto* one : series) names += (names.empty() ? "" : ", ") + one->name;
  auto svg =
      fmt::format("<svg width=\"100%\" height=\"{}\" role=\"img\" aria-label=\"Chart of {}\">\n",
                  kHeight, escape(one_line(names)));
  const auto grid = value_grid(values, unit);
  svg += shades(run, time) + time_grid(time, kPlotTop + kPlot, kHeight - 5) + grid.lines;
  svg += fmt::format(
      "<svg y=\"{}\" width=\"100%\" height=\"{}\" viewBox=\"0 0 {} {}\" "
      "preserveAspectRatio=\"none\" overflow=\"visible\">\n",
      kPlotTop, kPlot, kInner, kPlot);
  // Lines that lie on each other stay visible: the first is the widest.
  for (std::size_t i = 0; i < series.size(); ++i) {
    const auto thickness = std::max(1.8, 5.0 - 1.8 * static_cast<double>(i));
    svg += fmt::format("<path class=\"line c{}\" stroke-width=\"{:.1f}\" d=\"{}\"/>\n",
                       i % kColours, thickness, path(*series[i], time, values));
  }
  return svg + "</svg>\n" + decisions(run, time) + grid.labels + "</svg>\n";
}

}  // namespace plimsoll::reports

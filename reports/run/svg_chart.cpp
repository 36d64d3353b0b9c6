#include <fmt/format.h>

#include <cmath>

#include "reports/page/escape.hpp"
#include "reports/page/plot.hpp"
#include "reports/run/svg.hpp"
#include "reports/run/wording.hpp"

namespace plimsoll::reports::run {
namespace {

// What the runner did to the workload, as shade behind the lines.
std::string shades(const Run& run, const page::Axis& time) {
  std::string text;
  for (const auto& step : run.steps) {
    if (!step.start || step.kind == "wait" || step.kind == "sleep") continue;
    text += page::shade_svg(time.place(*step.start), time.place(step.end.value_or(time.high)),
                            step.name);
  }
  return text;
}

std::string decisions(const Run& run, const page::Axis& time) {
  std::string text;
  for (const auto& claim : run.claims) {
    if (!claim.at) continue;
    text += fmt::format(
        R"(<line class="when {0}" x1="{1}" x2="{1}" y1="{2}" y2="{3}"><title>{4}</title></line>)"
        "\n",
        to_string(claim.verdict), page::percent(time.place(*claim.at)), page::kPlotTop,
        page::kPlotTop + page::kPlotHeight, page::escape(one_line(claim.id)));
  }
  return text;
}

}  // namespace

std::string chart_svg(const Run& run, const std::vector<const Series*>& series,
                      const page::Axis& time) {
  const auto values = page::value_axis(series);
  const auto unit = series.empty() ? std::string_view() : std::string_view(series.front()->unit);
  page::Plot plot;
  plot.across = clock_ticks(time);
  for (const double tick : values.ticks)
    plot.up.push_back({values.place(tick), page::format_value(tick, unit)});
  for (const auto* one : series) {
    plot.name += (plot.name.empty() ? "" : ", ") + one->name;
    auto& line = plot.lines.emplace_back();
    line.stepped = one->stepped;
    for (const auto& [t, value] : one->points)
      line.places.emplace_back(std::isfinite(t) ? time.place(t) : t,
                               std::isfinite(value) ? values.place(value) : value);
  }
  plot.behind_svg = shades(run, time);
  plot.above_svg = decisions(run, time);
  return plot_svg(plot);
}

}  // namespace plimsoll::reports::run

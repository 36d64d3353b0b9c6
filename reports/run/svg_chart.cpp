#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/text/printable.hpp"
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
        page::kPlotTop + page::kPlotHeight, page::escape(text::one_line(claim.id)));
  }
  return text;
}

}  // namespace

page::Axis time_axis(const Run& run) {
  double end = 0;
  const auto reach = [&](std::optional<double> t) {
    if (t && page::drawable(*t)) end = std::max(end, *t);
  };
  reach(run.duration_s);
  for (const auto& step : run.steps) {
    reach(step.start);
    reach(step.end);
  }
  for (const auto& claim : run.claims) reach(claim.at);
  for (const auto& series : run.series)
    for (const auto& [t, value] : series.points) reach(t);
  return page::time_axis(end);
}

std::string chart_svg(const Run& run, const std::vector<const Series*>& series,
                      const page::Axis& time) {
  const auto unit = series.empty() ? std::string_view() : std::string_view(series.front()->unit);
  std::vector<double> all;
  for (const auto* one : series)
    for (const auto& point : one->points) all.push_back(point.second);
  const auto values = page::value_axis(all, unit);
  page::Plot plot;
  plot.across = page::clock_ticks(time);
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
  return page::plot_svg(plot);
}

}  // namespace plimsoll::reports::run

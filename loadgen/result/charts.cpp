#include "loadgen/result/charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "loadgen/result/words.hpp"
#include "reports/page/axis.hpp"
#include "reports/page/page.hpp"

namespace plimsoll::loadgen::result {
namespace {

using reports::page::Axis;
using reports::page::Plot;
using reports::page::PlotLine;
using reports::page::PlotTick;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
// Points of a curve that are nearer than this share of the chart show no difference.
constexpr double kFinest = 1.0 / 2000;

struct Named {
  std::string name;
  std::string range;  // "up to 20.4ms"
};

std::string heading(std::string_view title, const std::vector<Named>& lines) {
  std::string text = fmt::format("<h3>{}", reports::page::line(title));
  for (std::size_t i = 0; i < lines.size(); ++i)
    text += fmt::format("<span><i class=\"c{}\"></i>{} <span class=\"quiet\">{}</span></span>", i,
                        reports::page::line(lines[i].name), reports::page::line(lines[i].range));
  return text + "</h3>\n";
}

// 10^-9 s is "1ns", 10^-4 s is "100us".
std::string power_of_ten(int exponent, int factor) {
  constexpr std::array kUnits = {"ns", "us", "ms", "s"};
  const auto unit = std::clamp<std::size_t>(static_cast<std::size_t>(exponent) / 3, 0, 3);
  const auto zeros = static_cast<double>(exponent) - 3 * static_cast<double>(unit);
  return fmt::format("{:g}{}", factor * std::pow(10, zeros), kUnits[unit]);
}

// 1, 2 and 5 of each decade where there is room for them.
std::vector<PlotTick> decade_ticks(const Decades& decades) {
  std::vector<PlotTick> ticks;
  const bool room = decades.high - decades.low <= 2;
  for (auto exponent = static_cast<int>(std::floor(decades.low)); exponent <= decades.high;
       ++exponent)
    for (const int factor : {1, 2, 5}) {
      const double power = exponent + std::log10(factor);
      if (power < decades.low - 1e-9 || power > decades.high + 1e-9) continue;
      if (factor > 1 && !room) continue;
      ticks.push_back(
          {(power - decades.low) / (decades.high - decades.low), power_of_ten(exponent, factor)});
    }
  return ticks;
}

// "p50" at 0.3 nines, then one at each nine.
std::vector<PlotTick> nine_ticks(double nines) {
  std::vector<PlotTick> ticks = {{std::log10(2) / nines, "p50"}};
  std::string label = "p9";
  for (int nine = 1; nine <= nines + 1e-9; ++nine) {
    if (nine == 2) label = "p99";
    if (nine == 3) label = "p99.";
    if (nine >= 3) label += '9';
    ticks.push_back({nine / nines, nine == 1 ? "p90" : label});
  }
  return ticks;
}

// The next 1, 2 or 5 of a decade at or above the value, as a power of ten.
double rounded_up(std::int64_t ns) {
  const double power = std::log10(static_cast<double>(std::max<std::int64_t>(ns, 1)));
  const double decade = std::floor(power);
  for (const int factor : {1, 2, 5})
    if (decade + std::log10(factor) >= power - 1e-9) return decade + std::log10(factor);
  return decade + 1;
}

Decades decades_of(const std::vector<const latency::Histogram*>& histograms) {
  constexpr double kMostDecades = 3;
  Decades decades{HUGE_VAL, 0};
  for (const auto* histogram : histograms) {
    if (histogram->count() == 0) continue;
    const auto least = static_cast<double>(std::max<std::int64_t>(histogram->min(), 1));
    decades.low = std::min(decades.low, std::floor(std::log10(least)));
    decades.high = std::max(decades.high, rounded_up(histogram->max()));
  }
  decades.low = std::max(std::min(decades.low, decades.high), decades.high - kMostDecades);
  if (decades.high - decades.low < 1) decades.low = decades.high - 1;
  return decades;
}

std::string phase_shades(const RunResult& result, const Axis& time) {
  std::string text;
  for (std::size_t i = 0; i < result.phases.size() && result.phases.size() > 1; i += 2) {
    const auto& part = result.phases[i];
    const double start = units::seconds(part.phase.start);
    text += reports::page::shade_svg(time.place(start), time.place(start + part.duration_s),
                                     part.phase.name);
  }
  return text;
}

// How many seconds of a series are drawn as one step.
std::size_t group_size(const std::vector<SeriesPoint>& series) {
  return (series.size() + kMostPoints - 1) / kMostPoints;
}

struct Curve {
  std::string name;
  double Group::*value;
};

// One chart of the groups; unit "" counts, "s" is a duration.
std::string over_time(const RunResult& result, const std::vector<Group>& groups, const Axis& time,
                      std::string_view title, bool durations, const std::vector<Curve>& curves) {
  // In milliseconds the axis has round numbers for people.
  const double scale = durations ? 1e3 : 1;
  std::vector<double> all;
  for (const auto& curve : curves)
    for (const auto& group : groups) all.push_back(group.*curve.value * scale);
  const auto values = reports::page::value_axis(all);
  const auto shown = [durations](double value) {
    return durations ? fmt::format("{:g}ms", value) : fmt::format("{:.4g}/s", value);
  };
  Plot plot;
  plot.name = title;
  plot.across = reports::page::clock_ticks(time);
  for (const double tick : values.ticks) plot.up.push_back({values.place(tick), shown(tick)});
  std::vector<Named> names;
  for (const auto& curve : curves) {
    auto& line = plot.lines.emplace_back();
    double most = 0;
    for (const auto& group : groups) {
      const double value = group.*curve.value * scale;
      line.places.emplace_back(time.place(group.start_s),
                               std::isnan(value) ? kNan : values.place(value));
      if (!std::isnan(value)) most = std::max(most, value);
    }
    names.push_back({curve.name, "up to " + (durations ? shown_seconds(most / 1e3) : shown(most))});
  }
  plot.behind_svg = phase_shades(result, time);
  return heading(title, names) + plot_svg(plot);
}

}  // namespace

double Decades::place(std::int64_t ns) const noexcept {
  const double power = std::log10(static_cast<double>(std::max<std::int64_t>(ns, 1)));
  return std::clamp((power - low) / (high - low), 0.0, 1.0);
}

PlotLine percentile_line(const latency::Histogram& histogram, double nines,
                         const Decades& decades) {
  PlotLine line;
  const auto counts = histogram.used_counts();
  const auto all = static_cast<double>(histogram.count());
  std::int64_t below = 0;
  std::pair<double, double> last{-1, -1};
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    const double beyond = 1 - static_cast<double>(below) / all;
    const double across = std::min(1.0, -std::log10(beyond) / nines + 0.0);  // no -0
    const double up = decades.place(std::min(latency::Histogram::highest_of(i), histogram.max()));
    below += counts[i];
    if (below < histogram.count() && across - last.first < kFinest && up - last.second < kFinest)
      continue;
    last = {across, up};
    line.places.push_back(last);
  }
  return line;
}

std::string percentile_chart(const stats::PhaseStatistics& totals) {
  const std::vector<std::pair<std::string, const latency::Histogram*>> all = {
      {"latency", &totals.latency},
      {"service time", &totals.service_time},
      {"send lag", &totals.send_lag}};
  if (totals.latency.count() == 0) return "";
  // The last nine is the one of which at least one request is left over.
  const double nines =
      std::clamp(std::log10(static_cast<double>(totals.latency.count())), 1.0, 6.0);
  const auto decades = decades_of({all[0].second, all[1].second, all[2].second});
  Plot plot;
  plot.name = "latency by percentile";
  plot.across = nine_ticks(nines);
  plot.up = decade_ticks(decades);
  std::vector<Named> names;
  for (const auto& [name, histogram] : all) {
    plot.lines.push_back(percentile_line(*histogram, nines, decades));
    names.push_back({name, "up to " + shown_ns(histogram->max(), histogram->count() == 0)});
  }
  return heading("by percentile", names) + plot_svg(plot);
}

std::vector<Group> grouped(const std::vector<SeriesPoint>& series) {
  const std::size_t size = group_size(series);
  std::vector<Group> groups;
  for (std::size_t first = 0; first < series.size(); first += size) {
    const auto end = std::min(first + size, series.size());
    const auto seconds = static_cast<double>(end - first);
    Group group;
    group.start_s = static_cast<double>(series[first].second);
    group.p50_s = group.p99_s = kNan;
    for (std::size_t i = first; i < end; ++i) {
      const auto& point = series[i];
      group.sent += static_cast<double>(point.sent) / seconds;
      group.completed += static_cast<double>(point.completed) / seconds;
      group.failed += static_cast<double>(point.failed) / seconds;
      if (point.completed == 0) continue;
      group.p50_s = std::fmax(group.p50_s, static_cast<double>(point.p50) * 1e-9);
      group.p99_s = std::fmax(group.p99_s, static_cast<double>(point.p99) * 1e-9);
    }
    groups.push_back(group);
  }
  return groups;
}

std::string series_charts(const RunResult& result) {
  if (result.series.empty()) return "";
  const auto groups = grouped(result.series);
  const auto time = reports::page::time_axis(static_cast<double>(result.series.back().second + 1));
  auto text =
      over_time(
          result, groups, time, "rate", false,
          {{"sent", &Group::sent}, {"completed", &Group::completed}, {"failed", &Group::failed}}) +
      over_time(result, groups, time, "latency", true,
                {{"p99", &Group::p99_s}, {"p50", &Group::p50_s}});
  if (result.phases.size() > 1) text += "<p class=\"quiet\">Shaded: every other phase.</p>\n";
  if (groups.size() < result.series.size())
    text += fmt::format(
        "<p class=\"quiet\">Each step is {} seconds: their mean rate and their highest "
        "latency.</p>\n",
        group_size(result.series));
  return text;
}

}  // namespace plimsoll::loadgen::result

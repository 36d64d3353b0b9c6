#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/text/printable.hpp"
#include "core/units/units.hpp"
#include "reports/page/escape.hpp"
#include "reports/page/plot.hpp"
#include "reports/run/svg.hpp"
#include "reports/run/wording.hpp"

namespace plimsoll::reports::run {
namespace {

// Pixels.
constexpr int kTop = 24, kHeading = 18, kRow = 36, kBar = 10, kLabel = 14, kBarTop = 20;
constexpr double kThinnest = 0.004;
constexpr std::size_t kLongestLabel = 30;

std::string shortened(std::string_view text) {
  const auto line = text::one_line(text);
  if (text::width(line) <= kLongestLabel) return page::escape(line);
  std::size_t characters = 0, index = 0;
  for (; index < line.size(); ++index) {
    const bool starts = (static_cast<unsigned char>(line[index]) & 0xC0U) != 0x80U;
    if (starts && ++characters == kLongestLabel) break;
  }
  return page::escape(line.substr(0, index)) + "…";
}

// A row's words: they start at its first moment, or end there where they would run out of the page.
std::string label(double place, int y, const std::string& name, const std::string& detail) {
  const bool late = place > 0.5;
  return fmt::format(
      R"(<text x="{}" y="{}"{}><tspan class="name">{}</tspan> <tspan class="quiet">{}</tspan></text>)",
      page::percent(place), y, late ? R"( text-anchor="end")" : "", name, detail);
}

std::string bar(double from, double to, int y, std::string_view style) {
  const auto left = std::min(from, 1 - kThinnest);
  return fmt::format(R"(<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="3"/>)", style,
                     page::percent(left), y, page::percent(std::max(to - left, kThinnest)), kBar);
}

std::string step_row(const Step& step, const page::Axis& time, int y) {
  if (!step.start) return label(0, y + kLabel, shortened(step.name), "did not start");
  const auto from = time.place(*step.start);
  const auto end = step.end.value_or(time.high);
  auto detail = fmt::format("{} {}", shortened(step.kind), span(end - *step.start));
  if (!step.end) detail += ", did not end";
  if (!step.ok) detail += ", ✗ failed";
  if (step.exit_code) detail += fmt::format(", exit {}", *step.exit_code);
  const auto to = time.place(end);
  return label(from > 0.5 ? to : from, y + kLabel, shortened(step.name), detail) +
         bar(from, to, y + kBarTop, step.ok ? "step" : "step bad");
}

std::string marker(const Claim& claim, double place, int y) {
  // Kept off the edges, where half of it would be cut.
  const auto x = page::percent(std::clamp(place, 0.008, 0.992));
  return fmt::format(
      R"(<circle class="dot {}{}" cx="{}" cy="{}" r="8"/><text class="glyph" x="{}" y="{}">{}</text>)",
      to_string(claim.verdict), claim.at ? "" : " unseen", x, y, x, y + 4, mark(claim.verdict));
}

std::string claim_row(const Claim& claim, const page::Axis& time, int y) {
  const auto at = decided(claim);
  const auto from = claim.from ? time.place(*claim.from) : at ? time.place(*at) : 0;
  const auto to = claim.to ? time.place(*claim.to) : from;
  const auto when =
      claim.at ? units::format_clock(*claim.at) : std::string(to_string(claim.verdict));
  std::string row;
  if (claim.from && claim.to)
    row += bar(from, to, y + kBarTop, fmt::format("window {}", to_string(claim.verdict)));
  const auto edge = from > 0.5 ? std::max(to, at ? time.place(*at) : 0) : from;
  row += label(edge, y + kLabel, shortened(claim.id), when);
  if (at) row += marker(claim, time.place(*at), y + kBarTop + kBar / 2);
  return row;
}

std::string row_group(std::string_view title, const std::string& content) {
  return fmt::format("<g><title>{}</title>{}</g>\n", page::escape(text::one_line(title)), content);
}

}  // namespace

std::optional<double> decided(const Claim& claim) {
  if (claim.at || claim.verdict == Verdict::kSkipped) return claim.at;
  return claim.to;
}

std::string timeline_svg(const Run& run, const page::Axis& time) {
  std::string rows;
  int y = kTop;
  const auto heading = [&](std::string_view text) {
    rows += fmt::format("<text class=\"tick halo\" x=\"0\" y=\"{}\">{}</text>\n", y + 12, text);
    y += kHeading;
  };
  if (!run.steps.empty()) heading("STEPS");
  for (const auto& step : run.steps) {
    rows += row_group(step.command.empty() ? step.name : step.command, step_row(step, time, y));
    y += kRow;
  }
  if (!run.claims.empty()) heading("CLAIMS: the window, and when it was decided");
  for (const auto& claim : run.claims) {
    rows += row_group(
        fmt::format("{}: expected {}; {}", claim.id, expectation(claim), observation(claim)),
        claim_row(claim, time, y));
    y += kRow;
  }
  if (rows.empty()) return "";
  return fmt::format(
             "<svg width=\"100%\" height=\"{}\" role=\"img\" aria-label=\"Timeline of steps and "
             "claims\">\n",
             y) +
         page::across_grid(page::clock_ticks(time), y, 12) + rows + "</svg>\n";
}

}  // namespace plimsoll::reports::run

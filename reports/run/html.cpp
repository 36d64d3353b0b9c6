#include "reports/run/html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/text/printable.hpp"
#include "core/units/units.hpp"
#include "reports/page/axis.hpp"
#include "reports/page/escape.hpp"
#include "reports/page/page.hpp"
#include "reports/run/svg.hpp"
#include "reports/run/wording.hpp"

namespace plimsoll::reports::run {
namespace {

std::string list(const std::vector<std::string>& lines) {
  if (lines.empty()) return "";
  std::string text = "<ul>\n";
  for (const auto& one : lines)
    if (!one.empty()) text += fmt::format("<li>{}</li>\n", page::line(one));
  return text + "</ul>\n";
}

std::string facts_of(const Run& run) {
  return page::facts({{"took", span(run.duration_s)},
                      {"started", run.started_at},
                      {"context", run.context},
                      {"namespace", run.namespace_name},
                      {"scenario file", run.file},
                      {"run", run.id},
                      {"exit code", std::to_string(number(run.exit))}});
}

std::string quiet(const std::string& escaped) {
  return escaped.empty() ? "" : fmt::format("<p class=\"quiet\">{}</p>", escaped);
}

std::string seen(const Claim& claim) {
  if (claim.verdict == Verdict::kSkipped) return "not judged";
  return claim.seen.empty() ? "nothing" : page::line(claim.seen);
}

std::string claims(const Run& run) {
  if (run.claims.empty()) return "";
  std::string text =
      "<table>\n<thead><tr><th>verdict</th><th>claim</th><th>expected</th><th>seen</th>"
      "<th>when</th></tr></thead>\n<tbody>\n";
  for (const auto& claim : run.claims) {
    text += fmt::format(
        "<tr class=\"{0}\"><td class=\"verdict\">{1} {0}</td><td class=\"id\">{2}</td>"
        "<td title=\"expected\">{3}{4}</td><td title=\"seen\">{5}{6}</td>"
        "<td class=\"when\" title=\"when\">{7}</td></tr>\n",
        to_string(claim.verdict), mark(claim.verdict), page::line(claim.id),
        page::line(claim.expected), quiet(page::line(claim.window)), seen(claim),
        quiet(page::line(claim.reason)), claim.at ? units::format_clock(*claim.at) : "–");
  }
  return text + "</tbody>\n</table>\n";
}

// "up to 4", "128Mi" where it never changes.
std::string extent(const Series& series) {
  double least = HUGE_VAL, most = -HUGE_VAL;
  for (const auto& [t, value] : series.points) {
    if (!std::isfinite(value)) continue;
    least = std::min(least, value);
    most = std::max(most, value);
  }
  if (!std::isfinite(most)) return "no data";
  return (least < most ? "up to " : "") + page::format_value(most, series.unit);
}

// The heading names the unit; a name that only repeats it (a query's, say) leaves that out.
std::string_view without_unit(const Series& series) {
  const std::string_view name = series.name;
  const auto unit = series.unit.size();
  if (unit == 0 || !name.starts_with(series.unit)) return name;
  if (name.size() == unit) return "";
  return name[unit] == ' ' ? name.substr(unit + 1) : name;
}

std::string legend(const Series& series, std::size_t colour) {
  return fmt::format("<span><i class=\"c{}\"></i>{} <span class=\"quiet\">{}</span></span>",
                     colour % 6, page::line(without_unit(series)), page::escape(extent(series)));
}

std::string charts(const Run& run, const page::Axis& time) {
  std::vector<std::vector<const Series*>> by_unit;
  for (const auto& series : run.series) {
    const auto same = std::find_if(by_unit.begin(), by_unit.end(), [&](const auto& group) {
      return group.front()->unit == series.unit;
    });
    if (same == by_unit.end())
      by_unit.push_back({&series});
    else
      same->push_back(&series);
  }
  std::string text;
  for (const auto& group : by_unit) {
    text += "<h3>" + page::line(group.front()->unit);
    for (std::size_t i = 0; i < group.size(); ++i) text += legend(*group[i], i);
    text += "</h3>\n" + chart_svg(run, group, time);
  }
  if (!text.empty()) {
    text +=
        "<p class=\"quiet\">Shaded: steps that act on the workload. Dotted: a claim is "
        "decided.</p>\n";
  }
  return text;
}

std::string steps(const Run& run) {
  if (run.steps.empty()) return "";
  std::string text = "<ol class=\"steps\">\n";
  for (const auto& step : run.steps) {
    auto when =
        step.start ? fmt::format("from {}", units::format_clock(*step.start)) : "did not start";
    if (step.start && step.end) when += fmt::format(", {}", span(*step.end - *step.start));
    if (step.start && !step.end) when += ", did not end";
    if (step.exit_code) when += fmt::format(", exit code {}", *step.exit_code);
    text += fmt::format("<li><b>{}</b> {} <span class=\"quiet\">{}</span>", page::line(step.name),
                        page::line(step.kind), when);
    if (!step.ok) text += " <span class=\"verdict fail\">✗ failed</span>";
    if (!step.message.empty()) text += fmt::format("<p>{}</p>", page::line(step.message));
    if (!step.command.empty()) {
      text += fmt::format("<pre><code>{}</code></pre>",
                          page::escape_content(text::printable(step.command)));
    }
    text += "</li>\n";
  }
  return text + "</ol>\n";
}

std::string artefacts(const Run& run) {
  if (run.artefacts.empty()) return "";
  std::string text = "<ul>\n";
  for (const auto& artefact : run.artefacts) {
    text += fmt::format("<li><a href=\"{}\">{}</a> <span class=\"quiet\">{}</span></li>\n",
                        page::relative_href(artefact.file), page::line(artefact.file),
                        page::line(artefact.what));
  }
  return text + "</ul>\n";
}

}  // namespace

std::string to_html(const Run& run) {
  const auto time = time_axis(run);
  auto body = page::banner(run.exit, name(run.exit), run.scenario, summary(run)) + facts_of(run);
  if (run.exit != ExitCode::kPassed) body += page::section("Why", list(run.reasons));
  body += page::section("Claims", claims(run));
  body += page::section("Timeline", timeline_svg(run, time) + charts(run, time));
  body += page::section("Notes", list(run.notes));
  body += page::section("Evidence", list(run.evidence));
  body += page::section("Steps", steps(run));
  body += page::section("Files", artefacts(run));
  return page::page(fmt::format("{} {} {}", page::mark(run.exit), name(run.exit), run.scenario),
                    body);
}

}  // namespace plimsoll::reports::run

#include "reports/page/page.hpp"

#include <fmt/format.h>

#include "core/text/printable.hpp"
#include "reports/page/escape.hpp"
#include "reports/page/style.hpp"

namespace plimsoll::reports::page {
namespace {

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
)";

}  // namespace

std::string line(std::string_view text) { return escape(text::one_line(text)); }

std::string_view tone(ExitCode exit) noexcept {
  if (exit == ExitCode::kPassed) return "pass";
  return exit == ExitCode::kInconclusive ? "inconclusive" : "fail";
}

std::string_view mark(ExitCode exit) noexcept {
  if (exit == ExitCode::kPassed) return "✓";
  return exit == ExitCode::kInconclusive ? "?" : "✗";
}

std::string page(std::string_view title, std::string_view body_html,
                 std::string_view more_style_html) {
  return fmt::format("{}<title>{}</title>\n{}{}</head>\n<body>\n{}</body>\n</html>\n", kHead,
                     line(title), kStyle, more_style_html, body_html);
}

std::string banner(ExitCode exit, std::string_view verdict, std::string_view subject,
                   std::string_view sentence) {
  return fmt::format(
      "<header class=\"banner {}\">\n<h1><span>{} {}</span> {}</h1>\n<p>{}</p>\n</header>\n",
      tone(exit), mark(exit), line(verdict), line(subject), line(sentence));
}

std::string facts(const std::vector<std::pair<std::string, std::string>>& facts) {
  std::string text = "<dl class=\"facts\">\n";
  for (const auto& [term, value] : facts) {
    if (value.empty()) continue;
    text += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", line(term), line(value));
  }
  return text + "</dl>\n";
}

std::string section(std::string_view title, std::string_view content_html) {
  if (content_html.empty()) return "";
  return fmt::format("<section>\n<h2>{}</h2>\n{}</section>\n", line(title), content_html);
}

}  // namespace plimsoll::reports::page

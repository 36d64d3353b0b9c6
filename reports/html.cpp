#include "reports/html.hpp"

#include <fmt/format.h>

#include "reports/escape.hpp"
#include "reports/wording.hpp"

namespace plimsoll::reports {
namespace {

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
)";

std::string claims(const Run& run) {
  std::string text = "<table>\n";
  for (const auto& claim : run.claims) {
    text += fmt::format("<tr><td>{} {}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                        mark(claim.verdict), to_string(claim.verdict), escape(one_line(claim.id)),
                        escape(expectation(claim)), escape(observation(claim)));
  }
  return text + "</table>\n";
}

}  // namespace

std::string to_html(const Run& run) {
  return fmt::format(
      "{}<title>{} {}: {}</title>\n</head>\n<body>\n<h1>{}: "
      "{}</h1>\n<p>{}</p>\n{}</body>\n</html>\n",
      kHead, mark(run.exit), escape(one_line(run.scenario)), name(run.exit),
      escape(one_line(run.scenario)), name(run.exit), escape(summary(run)), claims(run));
}

}  // namespace plimsoll::reports

#include "reports/run/text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text/printable.hpp"
#include "core/units/units.hpp"
#include "reports/page/page.hpp"
#include "reports/run/wording.hpp"

namespace plimsoll::reports::run {
namespace {

constexpr std::string_view kGreen = "32", kRed = "31", kYellow = "33", kGrey = "2", kBold = "1";
constexpr std::size_t kWidestColumn = 76;

class Paint {
 public:
  explicit Paint(bool on) : on_(on) {}
  [[nodiscard]] std::string operator()(std::string_view style, std::string_view text) const {
    return on_ ? fmt::format("\x1b[{}m{}\x1b[0m", style, text) : std::string(text);
  }

 private:
  bool on_;
};

std::string padded(std::string text, std::size_t columns) {
  const auto used = text::width(text);
  if (used < columns) text.append(columns - used, ' ');
  return text;
}

std::string_view style(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return kGreen;
    case Verdict::kFail:
      return kRed;
    case Verdict::kSkipped:
      return kGrey;
    case Verdict::kInconclusive:
    case Verdict::kPending:
      break;
  }
  return kYellow;
}

std::string_view style(ExitCode exit) {
  if (exit == ExitCode::kPassed) return "1;32";
  return exit == ExitCode::kInconclusive ? "1;33" : "1;31";
}

std::string header(const Run& run, const Paint& paint) {
  auto text = paint(style(run.exit), fmt::format("{} {}", page::mark(run.exit), name(run.exit)));
  if (run.exit != ExitCode::kPassed) text += fmt::format(" (exit code {})", number(run.exit));
  text += fmt::format("  {}  in {}", paint(kBold, text::one_line(run.scenario)),
                      units::format_clock(run.duration_s));
  std::string where;
  if (!run.context.empty()) where = "  context " + text::one_line(run.context);
  if (!run.namespace_name.empty()) where += "  namespace " + text::one_line(run.namespace_name);
  return text + (where.empty() ? "" : paint(kGrey, where)) + "\n";
}

std::string claims(const Run& run, const Paint& paint) {
  std::size_t words = 0, ids = 0, expectations = 0;
  for (const auto& claim : run.claims) {
    words = std::max(words, to_string(claim.verdict).size());
    ids = std::max(ids, text::width(text::one_line(claim.id)));
    // A long one sticks out rather than push all others apart.
    const auto columns = text::width(expectation(claim));
    if (columns <= kWidestColumn) expectations = std::max(expectations, columns);
  }
  std::string text;
  for (const auto& claim : run.claims) {
    const auto verdict = fmt::format("{} {}", mark(claim.verdict), to_string(claim.verdict));
    text += fmt::format("  {}  {}  expected {} {}\n",
                        paint(style(claim.verdict), padded(verdict, words + 2)),
                        paint(kBold, padded(text::one_line(claim.id), ids)),
                        padded(expectation(claim) + ";", expectations + 1), observation(claim));
  }
  return text;
}

std::string failed_steps(const Run& run, const Paint& paint) {
  std::string text;
  for (const auto& step : run.steps) {
    if (step.ok) continue;
    text += fmt::format("  {}  {} ({})", paint(kRed, "✗ step"),
                        paint(kBold, text::one_line(step.name)), text::one_line(step.kind));
    if (step.exit_code) text += fmt::format(", exit code {}", *step.exit_code);
    if (!step.message.empty()) text += ": " + text::one_line(step.message);
    text += "\n";
  }
  return text;
}

std::string list(std::string_view title, const std::vector<std::string>& lines,
                 const Paint& paint) {
  if (lines.empty()) return "";
  auto text = fmt::format("\n{}\n", paint(kBold, title));
  for (const auto& line : lines)
    if (!line.empty()) text += fmt::format("  {}\n", text::one_line(line));
  return text;
}

}  // namespace

std::string to_text(const Run& run, bool color) {
  const Paint paint(color);
  auto text = header(run, paint) + claims(run, paint) + failed_steps(run, paint);
  text += list("why", run.reasons, paint);
  text += list("notes", run.notes, paint);
  text += list("evidence", run.evidence, paint);
  if (!run.folder.empty())
    text += fmt::format("\nreport: {}/report.html\n", text::one_line(run.folder));
  return text;
}

}  // namespace plimsoll::reports::run

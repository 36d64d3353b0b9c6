#include "reports/run/junit.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "core/text/printable.hpp"
#include "reports/page/escape.hpp"
#include "reports/run/wording.hpp"

namespace plimsoll::reports::run {
namespace {

struct Counts {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
  double seconds = 0;
};

double plain(double seconds) { return std::isfinite(seconds) ? std::max(0.0, seconds) : 0.0; }

Counts counts_of(const Run& run) {
  const std::size_t unexplained = explained_by_claims(run) ? 0 : 1;
  return {run.claims.size() + unexplained, count(run.claims, Verdict::kFail),
          count(run.claims, Verdict::kInconclusive) + unexplained,
          count(run.claims, Verdict::kSkipped), plain(run.duration_s)};
}

std::string attributes(const Counts& counts) {
  return fmt::format(R"(tests="{}" failures="{}" errors="{}" skipped="{}" time="{:.3f}")",
                     counts.tests, counts.failures, counts.errors, counts.skipped, counts.seconds);
}

std::string testcase(const Run& run, std::string_view name, double seconds,
                     const std::string& outcome) {
  return fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"{}",
                     page::escape(run.scenario), page::escape(name), plain(seconds),
                     outcome.empty() ? "/>\n" : ">" + outcome + "</testcase>\n");
}

std::string outcome(const Claim& claim) {
  const auto message = fmt::format("expected {}; {}", expectation(claim), observation(claim));
  switch (claim.verdict) {
    case Verdict::kPass:
      return "";
    case Verdict::kFail:
      return fmt::format(R"(<failure type="fail" message="{0}">{0}</failure>)",
                         page::escape(message));
    case Verdict::kSkipped:
      return fmt::format(R"(<skipped message="{}"/>)", page::escape(text::one_line(claim.reason)));
    case Verdict::kInconclusive:
    case Verdict::kPending:
      break;
  }
  return fmt::format(R"(<error type="inconclusive" message="{0}">{0}</error>)",
                     page::escape(message));
}

std::string unexplained(const Run& run) {
  const auto reasons = run.reasons.empty() ? std::string(name(run.exit))
                                           : fmt::format("{}", fmt::join(run.reasons, "\n"));
  const auto first = run.reasons.empty() ? reasons : run.reasons.front();
  return fmt::format(R"(<error type="{}" message="{}">{}</error>)", page::escape(name(run.exit)),
                     page::escape(text::one_line(first)), page::escape_content(reasons));
}

std::string properties(const Run& run) {
  std::string text = "    <properties>\n";
  const auto add = [&](std::string_view key, std::string_view value) {
    text += fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", key, page::escape(value));
  };
  add("file", run.file);
  add("run", run.id);
  add("context", run.context);
  add("namespace", run.namespace_name);
  add("exit_code", std::to_string(number(run.exit)));
  return text + "    </properties>\n";
}

std::string output(const Run& run) {
  std::string text;
  for (const auto& reason : run.reasons) text += reason + "\n";
  for (const auto& note : run.notes) text += "note: " + note + "\n";
  for (const auto& fact : run.evidence) text += "evidence: " + fact + "\n";
  return text.empty()
             ? ""
             : fmt::format("    <system-out>{}</system-out>\n", page::escape_content(text));
}

std::string testsuite(const Run& run) {
  auto text =
      fmt::format("  <testsuite name=\"{}\" {} timestamp=\"{}\">\n", page::escape(run.scenario),
                  attributes(counts_of(run)), page::escape(run.started_at));
  text += properties(run);
  for (const auto& claim : run.claims) {
    const auto seconds = claim.at && claim.from ? *claim.at - *claim.from : 0;
    text += testcase(run, claim.id, seconds, outcome(claim));
  }
  if (!explained_by_claims(run)) text += testcase(run, "run", run.duration_s, unexplained(run));
  return text + output(run) + "  </testsuite>\n";
}

}  // namespace

std::string to_junit(const std::vector<Run>& runs) {
  Counts total;
  std::string suites;
  for (const auto& run : runs) {
    const auto counts = counts_of(run);
    total.tests += counts.tests;
    total.failures += counts.failures;
    total.errors += counts.errors;
    total.skipped += counts.skipped;
    total.seconds += counts.seconds;
    suites += testsuite(run);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"plimsoll\" {}>\n{}"
      "</testsuites>\n",
      attributes(total), suites);
}

}  // namespace plimsoll::reports::run

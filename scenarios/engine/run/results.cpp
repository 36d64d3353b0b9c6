#include "scenarios/engine/run/results.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "core/cli/output.hpp"
#include "reports/run/html.hpp"
#include "reports/run/junit.hpp"
#include "reports/run/result_json.hpp"
#include "scenarios/engine/run/report.hpp"

namespace plimsoll::engine::run {
namespace fs = std::filesystem;

namespace {

std::string what_is(const std::string& file) {
  const std::string_view name{file};
  if (name == "observations.jsonl") return "observations, one JSON object a line";
  if (name == "scenario.yaml") return "the scenario as it was run";
  if (name == "result.json") return "this result for machines";
  if (name == "junit.xml") return "the claims as test cases";
  if (name.starts_with("load-")) return "result of a load step";
  if (name.starts_with("exec-")) return "output of an exec step";
  if (name.starts_with("diagnostics/")) return "state of the cluster before cleanup";
  return "";
}

std::vector<reports::run::Artefact> artefacts_in(const std::string& out) {
  std::vector<reports::run::Artefact> artefacts;
  std::error_code ignored;
  for (const auto& entry : fs::recursive_directory_iterator(out, ignored)) {
    if (!entry.is_regular_file()) continue;
    const auto file = fs::relative(entry.path(), out, ignored).string();
    if (auto what = what_is(file); !what.empty()) artefacts.push_back({file, std::move(what)});
  }
  for (const char* coming : {"scenario.yaml", "result.json", "junit.xml"})
    artefacts.push_back({coming, what_is(coming)});
  std::sort(artefacts.begin(), artefacts.end(),
            [](const auto& a, const auto& b) { return a.file < b.file; });
  return artefacts;
}

}  // namespace

reports::run::Run report_of(const RunPlan& plan, const RunOutcome& outcome) {
  auto report = to_report(plan.scenario, outcome.observations, outcome.judgement);
  report.context = plan.context;
  report.exit = outcome.exit;
  report.reasons = outcome.troubles;
  for (const auto& left : outcome.left) report.reasons.push_back("left behind: " + left);
  report.folder = plan.out;
  report.artefacts = artefacts_in(plan.out);
  return report;
}

Result<void> write_results(const RunPlan& plan, const reports::run::Run& report) {
  const std::vector<std::pair<std::string, std::string>> files{
      {"scenario.yaml", plan.scenario.resolved},
      {"result.json", reports::run::to_json(report)},
      {"junit.xml", reports::run::to_junit({report})},
      {"report.html", reports::run::to_html(report)}};
  for (const auto& [name, text] : files)
    if (auto written = cli::write_whole(plan.out + "/" + name, text); !written) return written;
  return {};
}

Result<void> write_json(const std::string& path, const std::vector<reports::run::Run>& reports) {
  if (path.empty()) return {};
  if (reports.size() == 1) return cli::write_whole(path, reports::run::to_json(reports.front()));
  std::string text = "[";
  for (const auto& report : reports) {
    if (text.size() > 1) text += ",\n";
    text += reports::run::to_json(report);
  }
  return cli::write_whole(path, text + "]\n");
}

}  // namespace plimsoll::engine::run

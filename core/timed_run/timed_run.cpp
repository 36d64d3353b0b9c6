#include "core/timed_run/timed_run.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "core/cli/output.hpp"

namespace plimsoll::timed_run {

void add_options(CLI::App& app, Options& options) {
  cli::add_lifelines(app, options.lifelines);
  app.add_flag("--explain", options.explain, "Say first what will happen here, and why");
  auto* dry = app.add_flag("--dry-run", options.dry_run, "Only say what would happen, and why");
  cli::add_common(app, options.common);
  dry->excludes("--json");
}

std::optional<Verdict> cut_short(const std::optional<cli::Ending>& ended) {
  if (!ended || !ended->code) return std::nullopt;
  const auto code = *ended->code;
  return Verdict{code, code == ExitCode::kAborted ? "aborted" : "interrupted", ended->reason};
}

Verdict with_ending(Verdict verdict, const std::optional<cli::Ending>& ended) {
  if (ended) verdict.reason += ", and then " + ended->reason;
  return verdict;
}

void tell(const Options& options, const std::string& explanation) {
  if (!options.explain && !options.dry_run) return;
  fmt::print(options.dry_run ? stdout : stderr, "{}", explanation);
}

Result<void> write_result(const cli::Common& common, const std::string& text,
                          const std::string& json) {
  if (common.json != "-")
    if (const auto printed = cli::write_whole("-", text); !printed) return printed.error();
  if (common.json.empty()) return {};
  return cli::write_whole(common.json, json);
}

}  // namespace plimsoll::timed_run

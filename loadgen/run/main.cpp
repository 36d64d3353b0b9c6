#include <fmt/format.h>
#include <unistd.h>

#include "core/cli/output.hpp"
#include "core/exit_code/exit_code.hpp"
#include "core/latency/text.hpp"
#include "loadgen/result/report.hpp"
#include "loadgen/run/interval_log.hpp"
#include "loadgen/run/options.hpp"
#include "loadgen/run/process.hpp"
#include "loadgen/run/run.hpp"

namespace {

using namespace plimsoll;

Result<void> write_results(const loadgen::run::CommandLine& line, const loadgen::plan::Plan& plan,
                           const loadgen::result::RunResult& result) {
  const bool color = !line.common.no_color && cli::shows_colors(STDOUT_FILENO);
  Result<void> written;
  const auto write = [&written](const std::string& path, const std::string& text) {
    if (!path.empty() && written) written = cli::write_whole(path, text);
  };
  if (line.common.json != "-") write("-", loadgen::result::to_text(plan, result, color));
  if (!line.common.json.empty()) write(line.common.json, loadgen::result::to_json(plan, result));
  if (!line.html.empty()) write(line.html, loadgen::result::to_html(plan, result));
  if (!line.hdr.empty()) write(line.hdr, latency::hgrm(result.totals.latency));
  return written;
}

Result<ExitCode> load(const loadgen::run::CommandLine& line) {
  const auto plan = loadgen::plan::make_plan(line.options);
  if (!plan) return plan.error();
  if (const auto allowed = loadgen::run::allow_connections(plan->connections); !allowed)
    return allowed.error();
  cli::ProgressLine progress(line.common.quiet);
  loadgen::run::RunSettings settings;
  settings.show_progress = [&progress](std::string_view text) { progress.show(text); };
  loadgen::run::IntervalLog interval_log;
  if (!line.hdr_log.empty()) {
    if (const auto opened = interval_log.open(line.hdr_log); !opened) return opened.error();
    settings.on_second = [&interval_log](auto started, std::int64_t second, const auto& latencies) {
      interval_log.add(started, second, latencies);
    };
  }
  settings.metrics_port = line.metrics_port;
  settings.metrics_ready = [&line](std::uint16_t port) {
    if (!line.common.quiet || line.metrics_port == 0)
      fmt::print(stderr, "metrics at http://0.0.0.0:{}/metrics\n", port);
  };
  const auto result = loadgen::run::run(*plan, settings);
  progress.finish();
  if (!result) return result.error();
  if (const auto written = write_results(line, *plan, *result); !written) return written.error();
  if (!line.hdr_log.empty())
    if (const auto closed = interval_log.close(result->started); !closed) return closed.error();
  return result->exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  loadgen::run::CommandLine line;
  if (const auto code = loadgen::run::parse_command_line(argc, argv, line)) return *code;
  return cli::run("loadgen", [&line] { return load(line); });
}

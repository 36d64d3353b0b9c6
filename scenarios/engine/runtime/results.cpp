#include "scenarios/engine/runtime/results.hpp"

#include <fmt/format.h>

#include "core/cli/output.hpp"

namespace plimsoll::runtime {

Result<void> write_results(const RunPlan& plan, const RunOutcome& outcome,
                           const RunOptions& options) {
  static_cast<void>(options);
  if (auto written = cli::write_whole(plan.out + "/scenario.yaml", plan.scenario.resolved);
      !written)
    return written;
  for (const auto& claim : outcome.judgement.claims)
    fmt::print("{:12} {}\n", scenario::to_string(claim.verdict), scenario::to_line(claim));
  for (const auto& trouble : outcome.troubles) fmt::print("{}\n", trouble);
  fmt::print("{}: {} after {:.0f} s; {}\n", plan.scenario.name, name(outcome.exit), outcome.seconds,
             plan.out);
  return {};
}

}  // namespace plimsoll::runtime

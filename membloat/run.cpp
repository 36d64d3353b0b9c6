#include "membloat/run.hpp"

#include "core/cgroup/cgroup.hpp"
#include "core/cli/output.hpp"
#include "membloat/fill.hpp"
#include "membloat/memory.hpp"
#include "membloat/plan.hpp"
#include "membloat/result.hpp"
#include "membloat/surroundings.hpp"
#include "membloat/victim.hpp"

namespace plimsoll::membloat {

Result<ExitCode> run(const Options& options, cli::Interrupts& interrupts) {
  const auto group = cgroup::Cgroup::of_this_process();
  const auto here = look_around(group);
  if (!here) return here.error();
  const auto planned = plan(options, *here);
  if (!planned) return planned.error();

  const auto write_json = [&](const Measured& measured) -> Result<void> {
    // Two documents on stdout would be one too many.
    if (options.common.json.empty() || (options.common.json == "-" && measured.about_to_exceed))
      return {};
    return cli::write_whole(options.common.json,
                            to_json(*planned, measured, judge(*planned, measured)));
  };
  trim_resident_set();
  const auto arrangement = arrange(options.victim, *planned, *here);
  if (!arrangement) return arrangement.error();
  const auto memory =
      arrangement->unowned ? unowned_memory() : private_memory(planned->goal + kPage);
  if (!memory) return memory.error();
  Fill fill{options, *planned, group, *here, interrupts, write_json};
  const auto measured = fill.run(**memory, *arrangement);

  const auto verdict = judge(*planned, measured);
  if (options.common.json != "-") {
    const auto printed = cli::write_whole("-", to_text(*planned, measured, verdict));
    if (!printed) return printed.error();
  }
  const auto written = write_json(measured);
  if (!written) return written.error();
  return Result<ExitCode>{boost::system::in_place_value, verdict.code};
}

}  // namespace plimsoll::membloat

#include "membloat/run.hpp"

#include "core/cgroup/cgroup.hpp"
#include "core/cli/output.hpp"
#include "membloat/explain.hpp"
#include "membloat/fill.hpp"
#include "membloat/memory.hpp"
#include "membloat/plan.hpp"
#include "membloat/result.hpp"
#include "membloat/surroundings.hpp"
#include "membloat/victim.hpp"

namespace plimsoll::membloat {
namespace {

// Corrections while holding may go this much beyond the plan.
constexpr std::uint64_t kSlack = 64 * 1024 * 1024;
// The end of it is filled in small pages, so that the goal is met exactly.
constexpr std::uint64_t kSmallPages = 8 * 1024 * 1024;

Result<std::unique_ptr<Memory>> make_memory(const Options& options, const Plan& plan,
                                            const Arrangement& arrangement) {
  const auto kind = arrangement.unowned ? Kind::kMemfd : options.kind.value_or(Kind::kAnonymous);
  if (kind == Kind::kMemfd) return unowned_memory();
  if (kind == Kind::kPageCache)
    return page_cache(options.folder.empty() ? "/tmp" : options.folder, plan.own_goal + kSlack);
  PrivateOptions memory{plan.goal + kPage, 0, kind == Kind::kMlock};
  if (options.huge_pages) memory.huge = plan.own_goal - std::min(plan.own_goal, kSmallPages);
  return private_memory(memory);
}

// In which place, with what plan, and who dies.
struct Preparation {
  Surroundings here;
  Result<Plan> planned;
  Result<Arrangement> arrangement;
};

Result<Preparation> prepare(const Options& options, const Result<cgroup::Cgroup>& group) {
  auto here = look_around(group);
  if (!here) return here.error();
  if (options.kind == Kind::kMlock) {
    const auto most = lockable();
    if (!most) return most.error();
    here->lockable = *most;
  }
  auto planned = plan(options, *here);
  if (!planned) return Preparation{*here, planned.error(), planned.error()};
  trim_resident_set();
  auto arrangement = arrange(options, *planned, *here);
  return Preparation{*here, std::move(planned), std::move(arrangement)};
}

Result<ExitCode> report(const Options& options, const Plan& plan, const Measured& measured) {
  const auto verdict = judge(plan, measured);
  const auto written = timed_run::write_result(options.common, to_text(plan, measured, verdict),
                                               to_json(plan, measured, verdict));
  if (!written) return written.error();
  return verdict.code;
}

}  // namespace

Result<ExitCode> run(const Options& options, cli::Interrupts& interrupts) {
  if (const auto good = check(options); !good) return good.error();
  const auto group = cgroup::Cgroup::of_this_process();
  auto prepared = prepare(options, group);
  if (!prepared) return prepared.error();
  const auto& [here, planned, arrangement] = *prepared;
  if (options.explain || options.dry_run)
    timed_run::tell(options, explain(options, here, planned, arrangement));
  if (!planned) return planned.error();
  if (!arrangement) return arrangement.error();
  if (options.dry_run) return ExitCode::kPassed;

  const auto memory = make_memory(options, *planned, *arrangement);
  if (!memory) return memory.error();
  cli::Lifeline lifeline{interrupts, options.lifelines};
  if (const auto watched = lifeline.check(); !watched) return watched.error();
  const auto before_the_last = [&](const Measured& measured) -> Result<void> {
    // Two documents on stdout would be one too many.
    if (options.common.json.empty() || options.common.json == "-") return {};
    return cli::write_whole(options.common.json,
                            to_json(*planned, measured, judge(*planned, measured)));
  };
  Fill fill{options, *planned, group, here, lifeline, before_the_last};
  return report(options, *planned, fill.run(**memory, *arrangement));
}

}  // namespace plimsoll::membloat

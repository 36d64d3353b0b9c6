#include "cpuburn/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <system_error>
#include <thread>
#include <utility>

#include "core/burn/burner.hpp"
#include "core/cgroup/cgroup.hpp"
#include "core/cli/output.hpp"
#include "core/machine/machine.hpp"
#include "cpuburn/explain.hpp"
#include "cpuburn/plan.hpp"
#include "cpuburn/result.hpp"

namespace plimsoll::cpuburn {
namespace {

using burn::Burner;
using machine::process_cpu;
using machine::usable_cpus;
using Clock = Burner::Clock;
using std::chrono::milliseconds;

constexpr milliseconds kTick{500};

// The counters at one moment.
struct Sample {
  Clock::time_point at;
  units::Duration cpu{0};
  std::optional<cgroup::CpuStat> stat;
  std::optional<units::Duration> group_cpu;
};

// Measures from the end of the ramp on and keeps the plan up to date.
class Run {
 public:
  Run(const Options& options, const Result<cgroup::Cgroup>& group, int cpus, Plan plan)
      : options_(options),
        group_(group),
        cpus_(cpus),
        shape_(options.shape.value_or(shape::Shape{}), options.ramp),
        plan_(std::move(plan)) {}

  Result<Measured> burn(cli::Lifeline& lifeline);
  const Plan& plan() const { return plan_; }

 private:
  Limit limit() const { return group_ ? group_->cpu_limit() : Limit{group_.error()}; }
  Sample sample() const;
  void tick(Burner& burner, cli::ProgressLine& progress);
  void account(Clock::time_point now, const Burner& burner);
  Measured measure(const Sample& end, const Burner& burner) const;

  const Options& options_;
  const Result<cgroup::Cgroup>& group_;
  const int cpus_;
  const shape::Ramped shape_;
  Plan plan_;
  Sample begin_;                // of the steady part
  double planned_seconds_ = 0;  // CPU time asked for in the steady part
  double attainable_seconds_ = 0;
  Clock::time_point accounted_;
};

Sample Run::sample() const {
  Sample sample{Clock::now(), process_cpu(), {}, {}};
  if (!group_) return sample;
  if (const auto stat = group_->cpu_stat()) sample.stat = *stat;
  if (const auto usage = group_->cpu_usage()) sample.group_cpu = *usage;
  return sample;
}

void Run::account(Clock::time_point now, const Burner& burner) {
  const double limit = plan_.limit_cores.value_or(cpus_);
  for (auto at = accounted_; at < now;) {
    const auto next = std::min(now, at + plan_.slot);
    const double aim = plan_.cores * shape_.at(at + (next - at) / 2 - burner.start());
    planned_seconds_ += aim * units::seconds(next - at);
    attainable_seconds_ += std::min(aim, limit) * units::seconds(next - at);
    at = next;
  }
  accounted_ = now;
}

void Run::tick(Burner& burner, cli::ProgressLine& progress) {
  account(Clock::now(), burner);
  // A limit that is resized while the pod runs moves the aim; one that vanishes leaves it.
  const auto fresh = cpuburn::plan(options_, limit(), cpus_);
  if (fresh && (fresh->cores != plan_.cores || fresh->limit_cores != plan_.limit_cores)) {
    plan_ = *fresh;
    burner.aim(plan_.cores, plan_.ceiling, plan_.threads);
  }
  const auto now = sample();
  const double elapsed = units::seconds(now.at - burner.start());
  const double steady = units::seconds(now.at - begin_.at);
  const double got = steady > 0 ? units::seconds(now.cpu - begin_.cpu) / steady : 0;
  std::string line = fmt::format("cpuburn: {:.0f}s of {:.0f}s, asked {}, got {:.3f} cores", elapsed,
                                 units::seconds(options_.duration), plan_.asked, got);
  if (now.stat && begin_.stat && plan_.limit_cores)
    line += fmt::format(", throttled {} of {} periods",
                        now.stat->throttled_periods - begin_.stat->throttled_periods,
                        now.stat->periods - begin_.stat->periods);
  progress.show(line);
}

Measured Run::measure(const Sample& end, const Burner& burner) const {
  Measured measured;
  const double steady = std::max(1e-9, units::seconds(end.at - begin_.at));
  measured.requested_cores = planned_seconds_ / steady;
  measured.attainable_cores = attainable_seconds_ / steady;
  measured.achieved_cores = units::seconds(end.cpu - begin_.cpu) / steady;
  measured.duration_s = units::seconds(end.at - burner.start());
  measured.threads = burner.threads();
  if (!group_) return measured;
  measured.cgroup_version = group_->cpu_version();
  measured.limit_cores = plan_.limit_cores;
  if (end.stat && begin_.stat)
    measured.throttling = {end.stat->periods - begin_.stat->periods,
                           end.stat->throttled_periods - begin_.stat->throttled_periods,
                           end.stat->throttled_seconds - begin_.stat->throttled_seconds};
  if (end.group_cpu && begin_.group_cpu)
    measured.cgroup_cores = units::seconds(*end.group_cpu - *begin_.group_cpu) / steady;
  if (const auto pressure = group_->cpu_pressure()) measured.pressure = *pressure;
  return measured;
}

Result<Measured> Run::burn(cli::Lifeline& lifeline) {
  begin_ = sample();
  Burner burner{shape_, plan_.slot};
  try {
    burner.aim(plan_.cores, plan_.ceiling, plan_.threads);
  } catch (const std::system_error& error) {
    return unavailable(fmt::format("cannot start {} threads: {}; see the container's pids limit",
                                   plan_.threads, error.what()));
  }
  cli::ProgressLine progress{options_.common.quiet};

  const auto steady_from = burner.start() + options_.ramp;
  const auto deadline = burner.start() + options_.duration;
  accounted_ = begin_.at;
  bool steady = options_.ramp.count() == 0;
  std::optional<cli::Ending> ended;
  while (!ended && Clock::now() < deadline) {
    auto next = std::min(Clock::now() + kTick, deadline);
    if (!steady) next = std::min(next, steady_from);
    ended = lifeline.wait_until(next);
    if (!steady && Clock::now() >= steady_from) {
      steady = true;
      begin_ = sample();
      accounted_ = begin_.at;
      planned_seconds_ = attainable_seconds_ = 0;
    }
    if (!ended && Clock::now() < deadline) tick(burner, progress);
  }
  const auto end = sample();
  account(end.at, burner);
  auto measured = measure(end, burner);
  burner.stop();
  measured.ended = ended;
  return measured;
}

Result<ExitCode> passed() { return ExitCode::kPassed; }

}  // namespace

Result<ExitCode> run(Options options, cli::Interrupts& interrupts) {
  if (const auto good = check(options); !good) return good.error();
  if (options.percent_of_request) {
    const auto request = request_of(options, std::getenv(kRequestVariable));
    if (!request) return request.error();
    options.request = *request;
  }
  const auto group = cgroup::Cgroup::of_this_process();
  const int cpus = usable_cpus();
  const Limit limit = group ? group->cpu_limit() : Limit{group.error()};
  const auto planned = plan(options, limit, cpus);
  if (options.explain || options.dry_run) {
    const auto version = group ? group->cpu_version() : std::nullopt;
    timed_run::tell(options, explain(options, {limit, version, cpus}, planned));
  }
  if (!planned) return planned.error();
  if (options.dry_run) return passed();
  cli::Lifeline lifeline{interrupts, options.lifelines};
  if (const auto watched = lifeline.check(); !watched) return watched.error();
  Run run{options, group, cpus, *planned};
  const auto measured = run.burn(lifeline);
  if (!measured) return measured.error();
  const auto verdict = judge(run.plan(), *measured);
  const auto written =
      timed_run::write_result(options.common, to_text(run.plan(), *measured, verdict),
                              to_json(run.plan(), *measured, verdict));
  if (!written) return written.error();
  return verdict.code;
}

}  // namespace plimsoll::cpuburn

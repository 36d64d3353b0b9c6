#include "membloat/fill.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "core/cgroup/files.hpp"
#include "core/machine/machine.hpp"

namespace plimsoll::membloat {
namespace {

constexpr std::uint64_t kChunk = 1024 * 1024;
// The kill comes at once; this much later it will not come any more.
constexpr std::chrono::seconds kAwaitKill{2};

std::string shown(std::uint64_t bytes) { return units::format_bytes({bytes}); }

std::optional<std::uint64_t> node_oom_kills() {
  const auto text = cgroup::read_file("/proc/vmstat");
  if (!text) return std::nullopt;
  const auto value = cgroup::find_key("/proc/vmstat", *text, "oom_kill");
  return value ? *value : std::nullopt;
}

}  // namespace

void Fill::say(const std::string& line) {
  const std::string text = "membloat: " + line + "\n";
  if (::write(STDERR_FILENO, text.data(), text.size()) < 0) return;
}

Fill::Fill(const Options& options, const Plan& plan, const Result<cgroup::Cgroup>& group,
           const Surroundings& here, cli::Lifeline& lifeline,
           std::function<Result<void>(const Measured&)> before_the_last)
    : options_(options),
      plan_(plan),
      group_(group),
      here_(here),
      lifeline_(lifeline),
      before_the_last_(std::move(before_the_last)) {}

void Fill::look() {
  now_.reset();
  if (!here_.stat) return;
  const auto stat = group_->memory_stat();
  if (!stat) return fail(stat.error());
  now_ = *stat;
  highest_usage_ = std::max(highest_usage_, stat->usage.count);
}

Measured Fill::snapshot() const {
  Measured result = measured_;
  result.resident = memory_->size();
  result.duration_s = units::seconds(Clock::now() - start_);
  result.cgroup_version = here_.version;
  result.peak = result.resident;
  if (now_) {
    result.usage = now_->usage.count;
    result.limit_hits = now_->limit_hits - here_.stat->limit_hits;
    result.oom_kills = now_->oom_kills - here_.stat->oom_kills;
    // The kernel's high-water mark counts only where this run has raised it.
    const bool raised = now_->peak && here_.stat->peak && *now_->peak > *here_.stat->peak;
    result.peak = raised ? now_->peak->count : highest_usage_;
  }
  result.reached = plan_.of_usage && now_ ? now_->usage.count : result.resident;
  if (options_.shape) result.reached = measured_.highest;
  const auto node = node_oom_kills();
  if (node && node_oom_kills_before_) result.node_oom_kills = *node - *node_oom_kills_before_;
  return result;
}

bool Fill::wait_until(Clock::time_point then) {
  measured_.ended = lifeline_.wait_until(then);
  return !measured_.ended;
}

void Fill::announce(const Step& step) const {
  std::string line;
  if (plan_.limit && now_)
    line = fmt::format("container uses {} of {}, membloat {}; taking {} more",
                       shown(now_->usage.count), shown(*plan_.limit), shown(memory_->size()),
                       shown(step.bytes));
  else
    line = fmt::format("has {} of {}; taking {} more", shown(memory_->size()),
                       shown(plan_.own_goal), shown(step.bytes));
  if (step.exceeds)
    say("about to exceed limit: " + line + "; the kernel will kill " + arrangement_->dies);
  else if (!options_.common.quiet)
    say(line);
}

// Without this a container without a limit could take its node down.
bool Fill::spares_the_machine(std::uint64_t bytes) {
  const auto available = machine::meminfo("MemAvailable");
  if (available && available->count >= here_.available.count / 5 + bytes) return true;
  if (!available) {
    fail(available.error());
  } else {
    fail(inconclusive(fmt::format("stopped: this machine has {} available now, of {} at the start",
                                  shown(available->count), shown(here_.available.count))));
  }
  return false;
}

// Returns whether to go on.
bool Fill::take(const Step& step) {
  announce(step);
  if (step.exceeds) {
    auto so_far = snapshot();
    so_far.about_to_exceed = true;
    if (const auto written = before_the_last_(so_far); !written) {
      fail(written.error());
      return false;
    }
    trim_resident_set();
  } else if (!spares_the_machine(step.bytes)) {
    return false;
  }
  const auto begin = Clock::now();
  for (std::uint64_t done = 0; done < step.bytes;) {
    const auto chunk = std::min(step.bytes - done, kChunk);
    if (const auto grown = memory_->grow(chunk); !grown) {
      fail(grown.error());
      return false;
    }
    done += chunk;
    const double due =
        options_.rate ? static_cast<double>(done) / static_cast<double>(options_.rate->count) : 0;
    if (!wait_until(begin + units::from_seconds(due))) return false;
  }
  return true;
}

void Fill::grow_to_goal() {
  while (!ended()) {
    look();
    if (ended()) return;
    if (now_ && now_->oom_kills > here_.stat->oom_kills) return;
    const std::uint64_t usage = now_ ? now_->usage.count : memory_->size();
    const std::uint64_t cache = now_ ? std::min(usage, now_->page_cache.count) : 0;
    const auto step = next_step(plan_, memory_->size(), usage, usage - cache, options_.rate);
    if (step.bytes == 0 || !take(step)) return;
  }
}

void Fill::await_the_kill() {
  if (wait_until(Clock::now() + kAwaitKill)) look();
}

Measured Fill::run(Memory& memory, const Arrangement& arrangement) {
  memory_ = &memory;
  arrangement_ = &arrangement;
  start_ = Clock::now();
  node_oom_kills_before_ = node_oom_kills();
  if (!options_.shape) grow_to_goal();
  if (!ended()) {
    if (plan_.past_limit)
      await_the_kill();
    else if (options_.shape)
      follow_shape();
    else
      hold();
  }
  auto result = snapshot();
  if (options_.huge_pages) result.huge = huge_pages_in_use();
  return result;
}

}  // namespace plimsoll::membloat

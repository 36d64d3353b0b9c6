#include "membloat/surroundings.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "core/cgroup/files.hpp"
#include "core/machine/machine.hpp"

namespace plimsoll::membloat {

std::uint64_t Surroundings::unreclaimable() const noexcept {
  if (!stat) return 0;
  return stat->usage.count - std::min(stat->usage.count, stat->page_cache.count);
}

std::optional<std::uint64_t> Surroundings::limit_bytes() const noexcept {
  if (!limit || !*limit) return std::nullopt;
  return (*limit)->bytes.count;
}

Result<std::optional<units::Bytes>> lockable(const std::string& root) {
  constexpr std::uint64_t kIpcLock = 1U << 14;
  const std::string status_path = root + "/proc/self/status";
  const auto status = cgroup::read_file(status_path);
  if (!status) return status.error();
  for (const auto line : cgroup::split(*status, '\n')) {
    const auto fields = cgroup::split(line, '\t');
    if (fields.size() != 2 || fields[0] != "CapEff:") continue;
    std::uint64_t capabilities = 0;
    const auto end = fields[1].data() + fields[1].size();
    if (std::from_chars(fields[1].data(), end, capabilities, 16).ptr != end)
      return cgroup::malformed(status_path, "'CapEff: HEXADECIMAL'", line);
    if ((capabilities & kIpcLock) != 0) return std::optional<units::Bytes>{};
  }
  const std::string limits_path = root + "/proc/self/limits";
  const auto limits = cgroup::read_file(limits_path);
  if (!limits) return limits.error();
  constexpr std::string_view kName = "Max locked memory";
  for (const auto line : cgroup::split(*limits, '\n')) {
    if (!line.starts_with(kName)) continue;
    const auto fields = cgroup::split(line.substr(kName.size()), ' ');
    if (!fields.empty() && fields[0] == "unlimited") return std::optional<units::Bytes>{};
    const auto soft = fields.empty() ? std::nullopt : cgroup::to_count(fields[0]);
    if (!soft) return cgroup::malformed(limits_path, "'Max locked memory NUMBER ...'", line);
    return std::optional{units::Bytes{*soft}};
  }
  return cgroup::malformed(limits_path, "a line 'Max locked memory ...'", *limits);
}

namespace {

// "always [madvise] never"
std::string huge_page_mode(const std::string& root) {
  const auto text = cgroup::read_file(root + "/sys/kernel/mm/transparent_hugepage/enabled");
  if (!text) return "";
  for (const auto word : cgroup::split(cgroup::first_line(*text), ' '))
    if (word.size() > 2 && word.front() == '[') return std::string{word.substr(1, word.size() - 2)};
  return "";
}

}  // namespace

Result<Surroundings> look_around(const Result<cgroup::Cgroup>& group, const std::string& root) {
  Surroundings here;
  const auto available = machine::meminfo("MemAvailable", root);
  if (!available) return available.error();
  here.available = *available;
  here.huge_page_mode = huge_page_mode(root);
  if (!group) {
    here.limit = group.error();
    return here;
  }
  here.version = group->memory_version();
  here.limit = group->memory_limit();
  if (!here.limit) return here;
  const auto stat = group->memory_stat();
  if (stat) here.stat = *stat;
  if (!*here.limit) return here;

  const auto high = group->memory_high();
  const auto swap = group->swap_limit();
  const auto oom_group = group->oom_kills_group();
  const auto disabled = group->oom_killer_disabled();
  const auto machine_swap = machine::meminfo("SwapTotal", root);
  if (!stat) return stat.error();
  if (!high) return high.error();
  if (!swap) return swap.error();
  if (!oom_group) return oom_group.error();
  if (!disabled) return disabled.error();
  if (!machine_swap) return machine_swap.error();
  here.high = *high;
  here.swap = std::min(swap->value_or(*machine_swap), *machine_swap);
  here.oom_group = *oom_group;
  here.oom_killer_disabled = *disabled;
  return here;
}

}  // namespace plimsoll::membloat

#include "membloat/surroundings.hpp"

#include <algorithm>

#include "core/cgroup/files.hpp"

namespace plimsoll::membloat {

std::uint64_t Surroundings::unreclaimable() const noexcept {
  if (!stat) return 0;
  return stat->usage.count - std::min(stat->usage.count, stat->page_cache.count);
}

std::optional<std::uint64_t> Surroundings::limit_bytes() const noexcept {
  if (!limit || !*limit) return std::nullopt;
  return (*limit)->bytes.count;
}

Result<units::Bytes> meminfo(const std::string& key, const std::string& root) {
  const std::string path = root + "/proc/meminfo";
  const auto text = cgroup::read_file(path);
  if (!text) return text.error();
  for (const auto line : cgroup::split(*text, '\n')) {
    const auto fields = cgroup::split(line, ' ');
    if (fields.size() != 3 || fields[0] != key + ":") continue;
    const auto kib = cgroup::to_count(fields[1]);
    if (!kib || fields[2] != "kB") return cgroup::malformed(path, "'" + key + ": NUMBER kB'", line);
    return units::Bytes{*kib * 1024};
  }
  return cgroup::malformed(path, "a line '" + key + ": NUMBER kB'", "");
}

Result<Surroundings> look_around(const Result<cgroup::Cgroup>& group, const std::string& root) {
  Surroundings here;
  const auto available = meminfo("MemAvailable", root);
  if (!available) return available.error();
  here.available = *available;
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
  const auto machine_swap = meminfo("SwapTotal", root);
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

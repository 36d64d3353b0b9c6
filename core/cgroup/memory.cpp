#include <algorithm>

#include "core/cgroup/cgroup.hpp"
#include "core/cgroup/files.hpp"
#include "core/cgroup/pressure.hpp"

namespace plimsoll::cgroup {
namespace {

using units::Bytes;
using MaybeBytes = Result<std::optional<Bytes>>;

// Version 1 writes "no limit" as the largest multiple of the page size; nobody has 4 EiB.
constexpr std::uint64_t kUnlimitedV1 = std::uint64_t{1} << 62;

MaybeBytes limit_v1(const std::string& file) {
  const auto count = read_count(file);
  if (!count) return count.error();
  if (*count >= kUnlimitedV1) return std::optional<Bytes>{};
  return std::optional{Bytes{*count}};
}

// "max" or a number; without the controller (or at the root) there is no such file and no limit.
MaybeBytes limit_v2(const std::string& file) {
  const auto text = read_if_there(file);
  if (!text) return text.error();
  if (!*text || first_line(**text) == "max") return std::optional<Bytes>{};
  const auto count = to_count(first_line(**text));
  if (!count) return malformed(file, "bytes or 'max'", **text);
  return std::optional{Bytes{*count}};
}

MaybeBytes smallest_v2(const Hierarchy& hierarchy, const std::string& name) {
  std::optional<Bytes> smallest;
  for (const auto& folder : hierarchy.levels) {
    const auto limit = limit_v2(folder + name);
    if (!limit) return limit.error();
    if (*limit && (!smallest || **limit < *smallest)) smallest = *limit;
  }
  return smallest;
}

Result<std::uint64_t> count_of(const std::string& file, std::string_view key) {
  const auto text = read_file(file);
  if (!text) return text.error();
  const auto value = find_key(file, *text, key);
  if (!value) return value.error();
  if (!*value) return malformed(file, "a line '" + std::string{key} + " NUMBER'", *text);
  return **value;
}

Result<std::uint64_t> sum_of(const std::string& file, std::string_view a, std::string_view b) {
  const auto first = count_of(file, a);
  if (!first) return first;
  const auto second = count_of(file, b);
  if (!second) return second;
  return *first + *second;
}

Result<MemoryStat> stat_v1(const std::string& own, const std::string& limited) {
  const auto usage = read_count(limited + "/memory.usage_in_bytes");
  const auto peak = read_count(limited + "/memory.max_usage_in_bytes");
  const auto hits = read_count(limited + "/memory.failcnt");
  const auto kills = count_of(own + "/memory.oom_control", "oom_kill");
  const auto cache = sum_of(limited + "/memory.stat", "total_active_file", "total_inactive_file");
  for (const auto* each : {&usage, &peak, &hits, &kills, &cache})
    if (!*each) return each->error();
  return MemoryStat{{*usage}, Bytes{*peak}, *hits, *kills, {*cache}};
}

Result<MemoryStat> stat_v2(const std::string& own, const std::string& limited) {
  const auto usage = read_count(limited + "/memory.current");
  const auto hits = count_of(limited + "/memory.events", "max");
  const auto kills = count_of(own + "/memory.events", "oom_kill");
  const auto cache = sum_of(limited + "/memory.stat", "active_file", "inactive_file");
  for (const auto* each : {&usage, &hits, &kills, &cache})
    if (!*each) return each->error();
  const auto peak = limit_v2(limited + "/memory.peak");
  if (!peak) return peak.error();
  return MemoryStat{{*usage}, *peak, *hits, *kills, {*cache}};
}

}  // namespace

Result<std::optional<MemoryLimit>> Cgroup::memory_limit() const {
  if (!memory_) return memory_.error();
  const bool v1 = memory_->version == 1;
  std::optional<MemoryLimit> smallest;
  for (std::size_t level = 0; level < memory_->levels.size(); ++level) {
    const std::string file =
        memory_->levels[level] + (v1 ? "/memory.limit_in_bytes" : "/memory.max");
    const auto limit = v1 ? limit_v1(file) : limit_v2(file);
    if (!limit) return limit.error();
    if (*limit && (!smallest || **limit < smallest->bytes))
      smallest = MemoryLimit{**limit, level, file};
  }
  return smallest;
}

Result<MemoryStat> Cgroup::memory_stat() const {
  const auto limit = memory_limit();
  if (!limit) return limit.error();
  const auto& own = memory_->levels.front();
  const auto& limited = memory_->levels[*limit ? (*limit)->level : 0];
  return memory_->version == 1 ? stat_v1(own, limited) : stat_v2(own, limited);
}

Result<std::optional<Pressure>> Cgroup::memory_pressure() const {
  if (!memory_) return memory_.error();
  if (memory_->version == 1) return std::optional<Pressure>{};
  return read_pressure(memory_->levels.front() + "/memory.pressure");
}

MaybeBytes Cgroup::memory_high() const {
  if (!memory_) return memory_.error();
  if (memory_->version == 1) return std::optional<Bytes>{};
  return smallest_v2(*memory_, "/memory.high");
}

MaybeBytes Cgroup::swap_limit() const {
  if (!memory_) return memory_.error();
  if (memory_->version == 2) return smallest_v2(*memory_, "/memory.swap.max");
  // Version 1 limits memory and swap together, and only where swap accounting is built in.
  const std::string file = memory_->levels.front() + "/memory.memsw.limit_in_bytes";
  const auto there = read_if_there(file);
  if (!there) return there.error();
  if (!*there) return std::optional<Bytes>{};
  const auto both = limit_v1(file);
  if (!both || !*both) return both;
  const auto memory = limit_v1(memory_->levels.front() + "/memory.limit_in_bytes");
  if (!memory) return memory.error();
  const auto alone = *memory ? (*memory)->count : 0;
  return std::optional{Bytes{(*both)->count - std::min((*both)->count, alone)}};
}

Result<bool> Cgroup::oom_kills_group() const {
  if (!memory_) return memory_.error();
  if (memory_->version == 1) return false;
  for (const auto& folder : memory_->levels) {
    const std::string file = folder + "/memory.oom.group";
    const auto text = read_if_there(file);
    if (!text) return text.error();
    if (!*text) continue;
    const auto value = first_line(**text);
    if (value != "0" && value != "1") return malformed(file, "0 or 1", **text);
    if (value == "1") return true;
  }
  return false;
}

Result<bool> Cgroup::oom_killer_disabled() const {
  if (!memory_) return memory_.error();
  if (memory_->version == 2) return false;
  const auto value = count_of(memory_->levels.front() + "/memory.oom_control", "oom_kill_disable");
  if (!value) return value.error();
  return *value != 0;
}

}  // namespace plimsoll::cgroup

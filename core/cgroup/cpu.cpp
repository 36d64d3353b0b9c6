#include "core/cgroup/cgroup.hpp"
#include "core/cgroup/files.hpp"
#include "core/cgroup/pressure.hpp"

namespace plimsoll::cgroup {
namespace {

using Limit = Result<std::optional<CpuLimit>>;

CpuLimit limit_of(std::uint64_t quota_us, std::uint64_t period_us, std::size_t level,
                  const std::string& file) {
  return {{static_cast<double>(quota_us) / static_cast<double>(period_us)},
          std::chrono::microseconds{period_us},
          level,
          file};
}

// "-1" is no limit.
Limit limit_v1(const std::string& folder, std::size_t level) {
  const std::string file = folder + "/cpu.cfs_quota_us";
  const auto text = read_file(file);
  if (!text) return text.error();
  const auto quota_text = first_line(*text);
  if (quota_text.starts_with('-') && to_count(quota_text.substr(1)))
    return std::optional<CpuLimit>{};
  const auto quota = to_count(quota_text);
  if (!quota || *quota == 0) return malformed(file, "microseconds or -1", *text);
  const auto period = read_count(folder + "/cpu.cfs_period_us");
  if (!period) return period.error();
  if (*period == 0) return malformed(folder + "/cpu.cfs_period_us", "microseconds above 0", "0");
  return std::optional{limit_of(*quota, *period, level, file)};
}

// "max 100000" or "50000 100000"; a cgroup without the cpu controller has no such file, no limit.
Limit limit_v2(const std::string& folder, std::size_t level) {
  const std::string file = folder + "/cpu.max";
  const auto text = read_if_there(file);
  if (!text) return text.error();
  if (!*text) return std::optional<CpuLimit>{};
  const auto fields = split(first_line(**text), ' ');
  const auto period = fields.size() == 2 ? to_count(fields[1]) : std::nullopt;
  if (!period || *period == 0) return malformed(file, "'QUOTA PERIOD' or 'max PERIOD'", **text);
  if (fields[0] == "max") return std::optional<CpuLimit>{};
  const auto quota = to_count(fields[0]);
  if (!quota || *quota == 0) return malformed(file, "'QUOTA PERIOD' or 'max PERIOD'", **text);
  return std::optional{limit_of(*quota, *period, level, file)};
}

}  // namespace

Limit Cgroup::cpu_limit() const {
  if (!cpu_) return cpu_.error();
  std::optional<CpuLimit> smallest;
  for (std::size_t level = 0; level < cpu_->levels.size(); ++level) {
    const auto& folder = cpu_->levels[level];
    const auto limit = cpu_->version == 1 ? limit_v1(folder, level) : limit_v2(folder, level);
    if (!limit) return limit.error();
    if (*limit && (!smallest || (*limit)->cores < smallest->cores)) smallest = **limit;
  }
  return smallest;
}

Result<CpuStat> Cgroup::cpu_stat() const {
  const auto limit = cpu_limit();
  if (!limit) return limit.error();
  const std::string file = cpu_->levels[*limit ? (*limit)->level : 0] + "/cpu.stat";
  const auto text = read_if_there(file);
  if (!text) return text.error();
  if (!*text) return CpuStat{};
  CpuStat stat;
  const auto read = [&, &content = **text](std::string_view key) -> Result<std::uint64_t> {
    const auto value = find_key(file, content, key);
    if (!value) return value.error();
    // Without a quota a version 2 cgroup may have no such lines, and nothing is ever throttled.
    if (!*value && *limit)
      return malformed(file, "a line '" + std::string{key} + " NUMBER'", content);
    return value->value_or(0);
  };
  const auto periods = read("nr_periods");
  const auto throttled = read("nr_throttled");
  const auto time = read(cpu_->version == 1 ? "throttled_time" : "throttled_usec");
  for (const auto* each : {&periods, &throttled, &time})
    if (!*each) return each->error();
  stat.periods = *periods;
  stat.throttled_periods = *throttled;
  stat.throttled_seconds = static_cast<double>(*time) / (cpu_->version == 1 ? 1e9 : 1e6);
  return stat;
}

Result<units::Duration> Cgroup::cpu_usage() const {
  if (!cpuacct_) return cpuacct_.error();
  if (cpuacct_->version == 1) {
    const auto usage = read_count(cpuacct_->levels.front() + "/cpuacct.usage");
    if (!usage) return usage.error();
    return units::Duration{*usage};
  }
  const std::string file = cpuacct_->levels.front() + "/cpu.stat";
  const auto text = read_file(file);
  if (!text) return text.error();
  const auto usage = find_key(file, *text, "usage_usec");
  if (!usage) return usage.error();
  if (!*usage) return malformed(file, "a line 'usage_usec NUMBER'", *text);
  return std::chrono::microseconds{**usage};
}

Result<std::optional<Pressure>> Cgroup::cpu_pressure() const {
  if (!cpu_) return cpu_.error();
  if (cpu_->version == 1) return std::optional<Pressure>{};
  return read_pressure(cpu_->levels.front() + "/cpu.pressure");
}

}  // namespace plimsoll::cgroup

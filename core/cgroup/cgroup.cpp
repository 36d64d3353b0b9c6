#include "core/cgroup/cgroup.hpp"

#include <utility>

#include "core/cgroup/files.hpp"
#include "core/cgroup/locate.hpp"

namespace plimsoll::cgroup {

Cgroup::Cgroup(Result<Hierarchy> cpu, Result<Hierarchy> cpuacct, Result<Hierarchy> memory)
    : cpu_(std::move(cpu)), cpuacct_(std::move(cpuacct)), memory_(std::move(memory)) {}

Result<Cgroup> Cgroup::of_this_process(const std::string& root) {
  const std::string membership_file = root + "/proc/self/cgroup";
  const std::string mount_file = root + "/proc/self/mountinfo";
  const auto membership_text = read_file(membership_file);
  if (!membership_text) return membership_text.error();
  const auto mount_text = read_file(mount_file);
  if (!mount_text) return mount_text.error();
  const auto memberships = parse_memberships(membership_file, *membership_text);
  if (!memberships) return memberships.error();
  const auto mounts = parse_mounts(mount_file, *mount_text);
  if (!mounts) return mounts.error();
  auto cpu = locate("cpu", *memberships, *mounts, root);
  // Version 1 may keep cpuacct in a hierarchy of its own; version 2 has no such controller.
  auto cpuacct = cpu && cpu->version == 2 ? cpu : locate("cpuacct", *memberships, *mounts, root);
  return Cgroup{std::move(cpu), std::move(cpuacct), locate("memory", *memberships, *mounts, root)};
}

std::optional<int> Cgroup::cpu_version() const noexcept {
  return cpu_ ? std::optional{cpu_->version} : std::nullopt;
}

std::optional<int> Cgroup::memory_version() const noexcept {
  return memory_ ? std::optional{memory_->version} : std::nullopt;
}

}  // namespace plimsoll::cgroup

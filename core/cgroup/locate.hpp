// Finds the folders of this process's cgroup from /proc/self/cgroup and /proc/self/mountinfo.
// Errors: exit code 4. Thread-safety: pure functions.
// Sources: https://man7.org/linux/man-pages/man7/cgroups.7.html (/proc/pid/cgroup),
// https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/cgroup/cgroup.hpp"

namespace plimsoll::cgroup {

// One line of /proc/self/cgroup.
struct Membership {
  std::vector<std::string> controllers;  // empty on version 2
  std::string path;
};

// One mounted cgroup filesystem.
struct Mount {
  int version = 2;
  std::string root;                      // which folder of the hierarchy is mounted
  std::string point;                     // where
  std::vector<std::string> controllers;  // version 1: its mount options
};

// The text is a file's content; its path is for messages.
[[nodiscard]] Result<std::vector<Membership>> parse_memberships(const std::string& path,
                                                                std::string_view text);
[[nodiscard]] Result<std::vector<Mount>> parse_mounts(const std::string& path,
                                                      std::string_view text);

// Where a controller ("cpu", "memory") keeps this process. Looks at folders below root, since a
// container may not see all of them: a cgroup that the mount does not contain is taken to be the
// mount itself (that is what container runtimes mount), a folder that is not visible is its nearest
// visible ancestor.
[[nodiscard]] Result<Hierarchy> locate(std::string_view controller,
                                       const std::vector<Membership>& memberships,
                                       const std::vector<Mount>& mounts, const std::string& root);

}  // namespace plimsoll::cgroup

#include "core/cgroup/locate.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>

#include "core/cgroup/files.hpp"

namespace plimsoll::cgroup {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

std::vector<std::string> names(std::string_view comma_separated) {
  std::vector<std::string> result;
  for (const auto name : split(comma_separated, ',')) result.emplace_back(name);
  return result;
}

// mountinfo writes space, tab, newline and backslash as \040 and so on.
std::string unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digit = [&](std::size_t at) { return at < text.size() ? text[at] - '0' : -1; };
    const auto octal = [&](std::size_t at) { return digit(at) >= 0 && digit(at) <= 7; };
    if (text[i] == '\\' && octal(i + 1) && octal(i + 2) && octal(i + 3)) {
      plain += static_cast<char>(digit(i + 1) * 64 + digit(i + 2) * 8 + digit(i + 3));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

bool is_folder(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

bool leaves_namespace(std::string_view path) { return path.starts_with("/.."); }

// What of path lies below top: "" or "/a/b"; nullopt when path is not below top.
std::optional<std::string> below(const std::string& path, const std::string& top) {
  if (path == top) return "";
  const std::string prefix = top == "/" ? "" : top;
  if (path.size() > prefix.size() && path.starts_with(prefix) && path[prefix.size()] == '/')
    return path.substr(prefix.size());
  return std::nullopt;
}

std::vector<std::string> visible_levels(const std::string& point, std::string rest) {
  std::vector<std::string> levels;
  while (!rest.empty()) {
    if (is_folder(point + rest)) levels.push_back(point + rest);
    rest.resize(rest.rfind('/'));
  }
  if (is_folder(point)) levels.push_back(point);
  return levels;
}

Result<Hierarchy> place(std::string_view controller, const Membership& membership,
                        const Mount& mount, const std::string& root) {
  const auto rest = below(membership.path, mount.root);
  if ((!rest || leaves_namespace(*rest)) &&
      (leaves_namespace(membership.path) || leaves_namespace(mount.root))) {
    return unavailable(fmt::format(
        "cannot tell the {} cgroup of this process: it is '{}', outside of what is mounted at {} "
        "('{}'); run it in the container's own cgroup namespace",
        controller, membership.path, mount.point, mount.root));
  }
  Hierarchy hierarchy{mount.version, visible_levels(root + mount.point, rest.value_or(""))};
  if (hierarchy.levels.empty())
    return unavailable(
        fmt::format("cannot read {}: it is mounted, but not visible here", root + mount.point));
  return hierarchy;
}

}  // namespace

Result<std::vector<Membership>> parse_memberships(const std::string& path, std::string_view text) {
  std::vector<Membership> memberships;
  for (const auto line : split(text, '\n')) {
    const auto first = line.find(':');
    const auto second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos || line.substr(second + 1).substr(0, 1) != "/")
      return malformed(path, "ID:CONTROLLERS:/PATH", line);
    memberships.push_back(
        {names(line.substr(first + 1, second - first - 1)), std::string{line.substr(second + 1)}});
  }
  return memberships;
}

Result<std::vector<Mount>> parse_mounts(const std::string& path, std::string_view text) {
  std::vector<Mount> mounts;
  for (const auto line : split(text, '\n')) {
    const auto fields = split(line, ' ');
    const auto dash = std::find(fields.begin(), fields.end(), "-");
    if (fields.size() < 6 || fields.end() - dash < 4)
      return malformed(path, "ID PARENT DEVICE ROOT POINT OPTIONS - TYPE SOURCE OPTIONS", line);
    const auto type = *(dash + 1);
    if (type != "cgroup" && type != "cgroup2") continue;
    mounts.push_back({type == "cgroup2" ? 2 : 1, unescape(fields[3]), unescape(fields[4]),
                      type == "cgroup2" ? std::vector<std::string>{} : names(*(dash + 3))});
  }
  return mounts;
}

Result<Hierarchy> locate(std::string_view controller, const std::vector<Membership>& memberships,
                         const std::vector<Mount>& mounts, const std::string& root) {
  // A controller belongs to one hierarchy: named on a line of its own it is version 1.
  auto membership = std::find_if(memberships.begin(), memberships.end(), [&](const auto& each) {
    return contains(each.controllers, controller);
  });
  const int version = membership == memberships.end() ? 2 : 1;
  if (version == 2)
    membership = std::find_if(memberships.begin(), memberships.end(),
                              [](const auto& each) { return each.controllers.empty(); });

  std::vector<Mount> usable;
  for (const auto& mount : mounts)
    if (mount.version == version && (version == 2 || contains(mount.controllers, controller)))
      usable.push_back(mount);
  if (membership == memberships.end() || usable.empty())
    return unavailable(
        fmt::format("cannot tell the {0} cgroup of this process: {1}/proc/self/mountinfo has no "
                    "mounted cgroup filesystem with the {0} controller; mount /sys/fs/cgroup",
                    controller, root));

  const auto holds = [&](const Mount& mount) {
    return below(membership->path, mount.root).has_value();
  };
  const auto best = std::find_if(usable.begin(), usable.end(), holds);
  return place(controller, *membership, best == usable.end() ? usable.back() : *best, root);
}

}  // namespace plimsoll::cgroup

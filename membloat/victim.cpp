#include "membloat/victim.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "core/cgroup/files.hpp"
#include "core/cgroup/locate.hpp"
#include "membloat/memory.hpp"

namespace plimsoll::membloat {
namespace {

constexpr int kExempt = -1000;
constexpr int kHighest = 1000;
// Program pages that come back while memory is taken: a few faults of 64 KiB each.
constexpr std::uint64_t kRefaults = 256 * 1024;

// Path of the memory cgroup, as /proc/PID/cgroup gives it.
std::optional<std::string> memory_path(const std::string& file) {
  const auto text = cgroup::read_file(file);
  if (!text) return std::nullopt;
  const auto memberships = cgroup::parse_memberships(file, *text);
  if (!memberships) return std::nullopt;
  std::optional<std::string> unified;
  for (const auto& each : *memberships) {
    if (std::find(each.controllers.begin(), each.controllers.end(), "memory") !=
        each.controllers.end())
      return each.path;
    if (each.controllers.empty()) unified = each.path;
  }
  return unified;
}

bool is_below(const std::string& path, const std::string& top) {
  if (path.starts_with("/..")) return path == top;
  if (top == "/" || path == top) return true;
  return path.starts_with(top) && path[top.size()] == '/';
}

// nullopt: gone in the meantime, or a kernel thread.
std::optional<Process> read_process(int pid, const std::string& folder) {
  const auto status = cgroup::read_file(folder + "/status");
  const auto adj = cgroup::read_file(folder + "/oom_score_adj");
  if (!status || !adj) return std::nullopt;
  Process process{pid, "", 0, 0};
  bool has_memory = false;
  for (const auto line : cgroup::split(*status, '\n')) {
    const auto colon = line.find(":\t");
    if (colon == std::string_view::npos) continue;
    const auto key = line.substr(0, colon);
    if (key == "Name") process.name = line.substr(colon + 2);
    if (key != "VmRSS" && key != "VmSwap" && key != "VmPTE") continue;
    const auto fields = cgroup::split(line.substr(colon + 2), ' ');
    const auto kib = fields.empty() ? std::nullopt : cgroup::to_count(fields[0]);
    if (!kib) return std::nullopt;
    process.bytes += *kib * 1024;
    has_memory = true;
  }
  const auto score = units::parse_number(cgroup::first_line(*adj));
  if (!has_memory || !score) return std::nullopt;
  process.oom_score_adj = static_cast<int>(*score);
  return process;
}

std::int64_t badness(const Process& process, std::uint64_t limit) {
  return static_cast<std::int64_t>(process.bytes / kPage) +
         process.oom_score_adj * static_cast<std::int64_t>(limit / kPage / 1000);
}

std::string shown(const Process& process) {
  return fmt::format("PID {} ({}, {}, oom_score_adj {})", process.pid, process.name,
                     units::format_bytes({process.bytes}), process.oom_score_adj);
}

bool write_file(const std::string& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(file);
  return written;
}

const Process* find(const std::vector<Process>& processes, int pid) {
  const auto found = std::find_if(processes.begin(), processes.end(),
                                  [pid](const auto& each) { return each.pid == pid; });
  return found == processes.end() ? nullptr : &*found;
}

// As they will stand when the limit is reached, scores included.
Result<std::vector<Process>> candidates(const Arrangement& arrangement, const Surroundings& here,
                                        const std::string& root) {
  auto processes = processes_under_limit((*here.limit)->level, root);
  if (!processes) return processes;
  for (auto& process : *processes)
    if (process.pid == arrangement.pretended) process.oom_score_adj = kHighest;
  return processes;
}

// The memory that membloat will have taken when the limit is reached is part of its own size.
Result<std::string> check_private(const Options& options, const Arrangement& arrangement,
                                  const Plan& plan, const Surroundings& here,
                                  const std::string& root) {
  auto processes = candidates(arrangement, here, root);
  if (!processes) return processes.error();
  for (auto& process : *processes)
    if (process.pid == ::getpid() && options.kind != Kind::kMemfd)
      process.bytes += *plan.limit - std::min(*plan.limit, here.unreclaimable());
  const auto* expected = expected_victim(*processes, *plan.limit);
  const auto* self = find(*processes, ::getpid());
  if (self == nullptr || expected == self)
    return std::string{::getpid() == 1 ? "PID 1, which is membloat itself: the container ends"
                                       : "only membloat; the container lives on"};
  return unavailable(fmt::format("--victim {}: the kernel would kill {} and not {}",
                                 options.victim == Victim::kSelf ? "self" : "container",
                                 expected == nullptr ? std::string{"nobody"} : shown(*expected),
                                 shown(*self)));
}

Result<std::string> check_unowned(const Arrangement& arrangement, const Plan& plan,
                                  const Surroundings& here, const std::string& root) {
  auto processes = candidates(arrangement, here, root);
  if (!processes) return processes.error();
  for (auto& process : *processes)
    if (process.pid == ::getpid())
      if (const auto trimmed = trimmed_resident_set()) process.bytes = trimmed + kRefaults;
  const auto* first = find(*processes, 1);
  if (first == nullptr)
    return unavailable(
        "--victim container: PID 1 is not in this memory cgroup (shareProcessNamespace, or not in "
        "a container), so killing it would not restart this container; use --victim self");
  const auto* expected = expected_victim(*processes, *plan.limit);
  const auto* self = find(*processes, ::getpid());
  const auto own = units::format_bytes({self == nullptr ? 0 : self->bytes});
  if (expected == first)
    return fmt::format("{}, not membloat ({}): the container restarts", shown(*first), own);
  return unavailable(fmt::format(
      "--victim container: the kernel would kill {} and not {}, which is smaller; use --victim "
      "self, or run membloat as the container's command",
      expected == nullptr ? std::string{"nobody"} : shown(*expected), shown(*first)));
}

}  // namespace

Result<std::vector<Process>> processes_under_limit(std::size_t level, const std::string& root) {
  auto top = memory_path(root + "/proc/self/cgroup");
  if (!top) return unavailable("cannot read " + root + "/proc/self/cgroup");
  for (; level > 0 && top->size() > 1; --level)
    top->resize(std::max<std::size_t>(1, top->rfind('/')));
  const std::unique_ptr<DIR, int (*)(DIR*)> folder{::opendir((root + "/proc").c_str()), ::closedir};
  if (!folder) return unavailable("cannot list " + root + "/proc");
  std::vector<Process> processes;
  while (const auto* entry = ::readdir(folder.get())) {
    const auto pid = cgroup::to_count(entry->d_name);
    if (!pid) continue;
    const std::string path = fmt::format("{}/proc/{}", root, *pid);
    const auto group = memory_path(path + "/cgroup");
    if (!group || !is_below(*group, *top)) continue;
    if (auto process = read_process(static_cast<int>(*pid), path))
      processes.push_back(std::move(*process));
  }
  return processes;
}

const Process* expected_victim(const std::vector<Process>& processes, std::uint64_t limit) {
  const Process* worst = nullptr;
  for (const auto& process : processes) {
    if (process.oom_score_adj == kExempt) continue;
    if (worst == nullptr || badness(process, limit) > badness(*worst, limit)) worst = &process;
  }
  return worst;
}

bool RaisedOomScore::possible(int pid, const std::string& root) {
  const int file =
      ::open(fmt::format("{}/proc/{}/oom_score_adj", root, pid).c_str(), O_WRONLY | O_CLOEXEC);
  if (file >= 0) ::close(file);
  return file >= 0;
}

RaisedOomScore::RaisedOomScore(int pid, const std::string& root)
    : path_(fmt::format("{}/proc/{}/oom_score_adj", root, pid)) {
  const auto before = cgroup::read_file(path_);
  if (before && write_file(path_, "1000")) before_ = *before;
}

RaisedOomScore::RaisedOomScore(RaisedOomScore&& other) noexcept
    : path_(std::move(other.path_)), before_(std::exchange(other.before_, {})) {}

RaisedOomScore::~RaisedOomScore() {
  if (!before_.empty()) write_file(path_, before_);
}

namespace {

void raise(Arrangement& arrangement, int pid, bool rehearse, const std::string& root) {
  if (!rehearse)
    arrangement.raised.emplace(pid, root);
  else if (RaisedOomScore::possible(pid, root))
    arrangement.pretended = pid;
}

// What makes it impossible to go past the limit as asked.
Result<void> check_place(const Options& options, const Surroundings& here) {
  if (here.oom_killer_disabled)
    return refused(
        "the OOM killer is off in this cgroup (memory.oom_control: oom_kill_disable 1), so the "
        "container would hang at its limit; refused");
  if (here.oom_group && options.victim == Victim::kSelf)
    return refused(
        "--victim self cannot be kept: memory.oom.group is set, so the kernel kills the whole "
        "container; use --victim container, or stay below the limit");
  return {};
}

}  // namespace

Result<Arrangement> arrange(const Options& options, const Plan& plan, const Surroundings& here,
                            const std::string& root) {
  Arrangement arrangement;
  if (!plan.past_limit) {
    // Should the container run into its limit all the same, membloat is the one to go.
    raise(arrangement, ::getpid(), options.dry_run, root);
    return arrangement;
  }
  if (const auto possible = check_place(options, here); !possible) return possible.error();
  if (here.oom_group) {
    arrangement.dies = "every process of the container (memory.oom.group is set): it restarts";
    return arrangement;
  }
  arrangement.unowned = options.victim == Victim::kContainer && ::getpid() != 1;
  if (arrangement.unowned && options.kind.value_or(Kind::kMemfd) != Kind::kMemfd)
    return invalid_input(fmt::format(
        "--victim container: the kernel kills the largest process, so membloat must not own the "
        "memory; leave out --kind {}, or use --victim self",
        name(*options.kind)));
  raise(arrangement, arrangement.unowned ? 1 : ::getpid(), options.dry_run, root);
  auto dies = arrangement.unowned ? check_unowned(arrangement, plan, here, root)
                                  : check_private(options, arrangement, plan, here, root);
  if (!dies) return dies.error();
  arrangement.dies = *dies;
  return arrangement;
}

}  // namespace plimsoll::membloat

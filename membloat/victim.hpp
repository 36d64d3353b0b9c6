// Whom the kernel kills when the memory limit is exceeded, and how to make it the right one.
// The rule: of the processes under that limit the one with the largest
// resident set + swap + page tables + oom_score_adj thousandths of the limit; -1000 is exempt.
// Source: Linux mm/oom_kill.c, oom_badness(); https://man7.org/linux/man-pages/man5/proc.5.html
// Errors: exit code 4 with the numbers. Not thread-safe.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "membloat/options.hpp"
#include "membloat/plan.hpp"
#include "membloat/surroundings.hpp"

namespace plimsoll::membloat {

struct Process {
  int pid = 0;
  std::string name;
  std::uint64_t bytes = 0;  // resident set, swap and page tables
  int oom_score_adj = 0;
};

// Processes under the limit that is set level folders above this process's memory cgroup.
[[nodiscard]] Result<std::vector<Process>> processes_under_limit(std::size_t level,
                                                                 const std::string& root = "");

// nullptr: all are exempt.
[[nodiscard]] const Process* expected_victim(const std::vector<Process>& processes,
                                             std::uint64_t limit);

// An oom_score_adj that is raised, and put back at the end of the object's life.
class RaisedOomScore {
 public:
  // Raises it as far as the system allows; raised() tells.
  RaisedOomScore(int pid, const std::string& root);
  ~RaisedOomScore();
  RaisedOomScore(RaisedOomScore&& other) noexcept;
  RaisedOomScore& operator=(RaisedOomScore&&) = delete;
  // Whether that is allowed, without doing it.
  [[nodiscard]] static bool possible(int pid, const std::string& root);
  [[nodiscard]] bool raised() const noexcept { return !before_.empty(); }

 private:
  std::string path_;
  std::string before_;
};

// How the memory will be taken, and who dies of it.
struct Arrangement {
  bool unowned = false;  // fill memory that belongs to no process
  std::string dies;      // who, for people; empty: nobody
  std::optional<RaisedOomScore> raised;
  int pretended = 0;  // in a dry run: the process whose score would be raised
};

// Decides, and raises the victim's oom_score_adj. Refuses (exit code 4) when the kernel would kill
// somebody else. In a dry run it raises nothing, and reckons as if it had. Call after
// trim_resident_set().
[[nodiscard]] Result<Arrangement> arrange(const Options& options, const Plan& plan,
                                          const Surroundings& here, const std::string& root = "");

}  // namespace plimsoll::membloat

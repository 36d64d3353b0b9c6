// Takes the memory step by step, says so before each step, and holds it. Not thread-safe.
#pragma once
#include <functional>
#include <memory>

#include "core/cli/lifeline.hpp"
#include "membloat/memory.hpp"
#include "membloat/result.hpp"
#include "membloat/victim.hpp"

namespace plimsoll::membloat {

class Fill {
 public:
  // before_the_last: called before the step that the kernel answers with an OOM kill.
  Fill(const Options& options, const Plan& plan, const Result<cgroup::Cgroup>& group,
       const Surroundings& here, cli::Lifeline& lifeline,
       std::function<Result<void>(const Measured&)> before_the_last);

  // Returns when the hold is over, or earlier with the reason in Measured.
  [[nodiscard]] Measured run(Memory& memory, const Arrangement& arrangement);

 private:
  using Clock = std::chrono::steady_clock;

  void grow_to_goal();
  bool take(const Step& step);
  void announce(const Step& step) const;
  // Straight to the descriptor: the next step may be the last thing that this process does.
  static void say(const std::string& line);
  bool spares_the_machine(std::uint64_t bytes);
  bool wait_until(Clock::time_point then);
  void await_the_kill();
  void hold();
  void keep_level();
  // The level goes up and down as the shape says, for as long as the hold lasts.
  void follow_shape();
  void move_to(std::uint64_t level);
  // What the goal speaks of, now.
  std::uint64_t level() const { return plan_.of_usage ? now_->usage.count : memory_->size(); }
  void note_level();
  void look();
  void fail(Error error) { measured_.stopped = std::move(error); }
  bool ended() const { return measured_.ended || measured_.stopped; }
  Measured snapshot() const;

  const Options& options_;
  const Plan& plan_;
  const Result<cgroup::Cgroup>& group_;
  const Surroundings& here_;
  cli::Lifeline& lifeline_;
  const std::function<Result<void>(const Measured&)> before_the_last_;
  Memory* memory_ = nullptr;
  const Arrangement* arrangement_ = nullptr;
  Clock::time_point start_;
  std::optional<cgroup::MemoryStat> now_;
  std::uint64_t highest_usage_ = 0;
  std::optional<std::uint64_t> node_oom_kills_before_;
  Measured measured_;
};

}  // namespace plimsoll::membloat

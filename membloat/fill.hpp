// Takes the memory step by step, says so before each step, and holds it. Not thread-safe.
#pragma once
#include <functional>
#include <memory>

#include "core/cli/interrupts.hpp"
#include "membloat/memory.hpp"
#include "membloat/result.hpp"
#include "membloat/victim.hpp"

namespace plimsoll::membloat {

class Fill {
 public:
  // before_the_last: called before the step that the kernel answers with an OOM kill.
  Fill(const Options& options, const Plan& plan, const Result<cgroup::Cgroup>& group,
       const Surroundings& here, cli::Interrupts& interrupts,
       std::function<Result<void>(const Measured&)> before_the_last);

  // Returns when the hold is over, or earlier with the reason in Measured.
  [[nodiscard]] Measured run(Memory& memory, const Arrangement& arrangement);

 private:
  using Clock = std::chrono::steady_clock;

  void grow_to_goal();
  bool take(const Step& step);
  void announce(const Step& step) const;
  bool spares_the_machine(std::uint64_t bytes);
  bool wait_until(Clock::time_point then);
  void await_the_kill();
  void hold();
  void keep_level();
  void look();
  void fail(Error error) { measured_.stopped = std::move(error); }
  bool ended() const { return measured_.interrupted || measured_.stopped; }
  Measured snapshot() const;

  const Options& options_;
  const Plan& plan_;
  const Result<cgroup::Cgroup>& group_;
  const Surroundings& here_;
  cli::Interrupts& interrupts_;
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

// The order of a scenario's steps: one after the other, background ones beside them, until all have
// ended or one has gone so wrong that no further one is begun (which: docs/running.md). Records and
// says how each ended. Errors: none thrown; outcome() and troubles(). Thread-safety: one executor.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "scenarios/engine/steps/step.hpp"

namespace plimsoll::engine::steps {

class Sequencer {
 public:
  Sequencer(StepContext context, task::CancellationToken& run);

  // Runs all steps; ends when the last has ended, background ones too.
  [[nodiscard]] boost::asio::awaitable<void> run();

  // Ends what goes on and starts nothing more.
  void cancel(ExitCode why) { cancellation_.cancel(why); }

  // Whether a step went so wrong that no further one is begun.
  [[nodiscard]] bool cut_short() const noexcept { return cancellation_.cancelled(); }

  // Of all steps: the gravest, and what the steps that went wrong said.
  [[nodiscard]] ExitCode outcome() const noexcept { return outcome_; }
  [[nodiscard]] const std::vector<std::string>& troubles() const noexcept { return troubles_; }

 private:
  boost::asio::awaitable<void> perform(const model::Step* step);
  void report(const model::Step& step, const StepEnd& end);

  StepContext context_;
  task::CancellationToken& run_;
  task::CancellationToken cancellation_;  // of the steps only: the run goes on to be judged
  task::CancellationToken::Hook run_cancelled_;
  ExitCode outcome_ = ExitCode::kPassed;
  std::vector<std::string> troubles_;
};

}  // namespace plimsoll::engine::steps

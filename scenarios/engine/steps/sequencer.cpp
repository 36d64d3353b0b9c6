#include "scenarios/engine/steps/sequencer.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "scenarios/engine/steps/exec_runner.hpp"
#include "scenarios/engine/steps/load_runner.hpp"
#include "scenarios/engine/steps/sleep_runner.hpp"
#include "scenarios/engine/steps/wait_runner.hpp"
#include "scenarios/engine/task/task_group.hpp"

namespace plimsoll::engine::steps {
namespace asio = boost::asio;

namespace {

std::unique_ptr<StepRunner> runner_of(ActiveStep& active) {
  struct Make {
    ActiveStep& active;
    std::unique_ptr<StepRunner> operator()(const model::Wait& what) const {
      return std::make_unique<WaitRunner>(active, what);
    }
    std::unique_ptr<StepRunner> operator()(const model::Sleep& what) const {
      return std::make_unique<SleepRunner>(active, what);
    }
    std::unique_ptr<StepRunner> operator()(const model::Load& what) const {
      return std::make_unique<LoadRunner>(active, what);
    }
    std::unique_ptr<StepRunner> operator()(const model::Exec& what) const {
      return std::make_unique<ExecRunner>(active, what);
    }
  };
  return std::visit(Make{active}, active.step.what);
}

}  // namespace

Sequencer::Sequencer(StepContext context, task::CancellationToken& run)
    : context_(std::move(context)), run_(run), cancellation_(run.clock()) {
  run_cancelled_ = run.on_cancel([this] { cancellation_.cancel(*run_.reason()); });
}

asio::awaitable<void> Sequencer::run() {
  task::TaskGroup background{run_};
  for (const auto& step : context_.scenario.steps) {
    if (cancellation_.cancelled()) break;
    if (step.background)
      background.start(perform(&step));
    else
      co_await perform(&step);
  }
  co_await background.joined();
}

asio::awaitable<void> Sequencer::perform(const model::Step* step) {
  ActiveStep active{context_, *step, cancellation_};
  const auto runner = runner_of(active);
  const StepEnd end = co_await runner->run();
  active.started();  // where it failed before it could
  report(*step, end);
  if (end.stops_the_run) cancellation_.cancel(end.outcome);
}

void Sequencer::report(const model::Step& step, const StepEnd& end) {
  log::StepObservation seen;
  seen.name = step.name;
  seen.event = log::StepObservation::Event::kEnd;
  seen.ok = end.outcome == ExitCode::kPassed;
  seen.exit_code = end.exit_code;
  seen.outcome = number(end.outcome);
  seen.message = end.message;
  context_.recorder.write(std::move(seen));

  const std::string code =
      end.exit_code ? fmt::format(" (exit code {})", *end.exit_code) : std::string{};
  if (end.outcome == ExitCode::kPassed) {
    context_.console.say(fmt::format("step {}: done{}", step.name, code));
    return;
  }
  context_.console.say(fmt::format("step {}: {}{}", step.name, end.message, code),
                       end.interrupted ? console::Tone::kPlain : console::Tone::kBad);
  if (end.interrupted) return;
  troubles_.push_back(fmt::format("step {}: {}", step.name, end.message));
  outcome_ = graver(outcome_, end.outcome);
}

}  // namespace plimsoll::engine::steps

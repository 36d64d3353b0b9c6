#include "scenarios/engine/steps/steps.hpp"

#include <fmt/format.h>

#include <utility>

namespace plimsoll::engine::steps {
namespace asio = boost::asio;
using log::StepObservation;

Steps::Steps(StepContext context, task::CancellationToken& run_cancellation)
    : context_(std::move(context)),
      run_cancellation_(run_cancellation),
      cancellation_(run_cancellation.clock()) {
  chain_ =
      run_cancellation.on_cancel([this] { cancellation_.cancel(*run_cancellation_.reason()); });
}

asio::awaitable<void> Steps::run() {
  task::TaskGroup background{run_cancellation_};
  for (const auto& step : context_.scenario.steps) {
    if (cancellation_.cancelled()) break;
    if (step.background)
      background.start(perform(&step));
    else
      co_await perform(&step);
  }
  co_await background.joined();
}

asio::awaitable<void> Steps::perform(const model::Step* step) {
  StepEnd end = co_await dispatch(step);
  started(*step);  // where it failed before it could

  log::StepObservation seen;
  seen.name = step->name;
  seen.event = log::StepObservation::Event::kEnd;
  seen.happened = end.happened;
  seen.ok = end.outcome == ExitCode::kPassed;
  seen.exit_code = end.exit_code;
  seen.outcome = number(end.outcome);
  seen.message = end.message;
  context_.recorder.write(std::move(seen));

  const std::string code =
      end.exit_code ? fmt::format(" (exit code {})", *end.exit_code) : std::string{};
  if (end.outcome == ExitCode::kPassed) {
    context_.console.say(fmt::format("step {}: done{}", step->name, code));
  } else {
    context_.console.say(fmt::format("step {}: {}{}", step->name, end.message, code),
                         end.interrupted ? console::Tone::kPlain : console::Tone::kBad);
  }
  if (end.outcome != ExitCode::kPassed && !end.interrupted) {
    troubles_.push_back(fmt::format("step {}: {}", step->name, end.message));
    outcome_ = graver(outcome_, end.outcome);
  }
  auto& progress = progress_[step->name];
  progress.ended = true;
  progress.end = end;
  if (end.stops_the_run) cancellation_.cancel(end.outcome);
}

StepEnd Steps::interrupted() const {
  StepEnd end;
  end.outcome = cancellation_.reason().value_or(ExitCode::kAborted);
  end.message = "stopped before its end";
  end.interrupted = true;
  return end;
}

void Steps::started(const model::Step& step, std::vector<std::string> pods,
                    std::optional<double> happened) {
  auto& progress = progress_[step.name];
  if (std::exchange(progress.started, true)) return;
  std::string where;
  for (const auto& pod : pods) where += (where.empty() ? " in pod " : ", ") + pod;
  log::StepObservation seen;
  seen.name = step.name;
  seen.event = log::StepObservation::Event::kStart;
  seen.happened = happened;
  seen.pods = std::move(pods);
  context_.recorder.write(std::move(seen));
  context_.console.say(fmt::format("step {}: started{}", step.name, where));
}

asio::awaitable<StepEnd> Steps::dispatch(const model::Step* step) {
  if (const auto* what = std::get_if<model::Wait>(&step->what)) {
    started(*step);
    co_return co_await wait(step, what);
  }
  if (const auto* what = std::get_if<model::Sleep>(&step->what)) {
    started(*step);
    co_return co_await sleep(what);
  }
  if (const auto* what = std::get_if<model::Exec>(&step->what)) co_return co_await exec(step, what);
  co_return co_await load(step, &std::get<model::Load>(step->what));
}

asio::awaitable<StepEnd> Steps::sleep(const model::Sleep* sleep) {
  const bool whole = co_await cancellation_.sleep(sleep->duration);
  co_return whole ? StepEnd{} : interrupted();
}

}  // namespace plimsoll::engine::steps

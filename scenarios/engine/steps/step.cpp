#include "scenarios/engine/steps/step.hpp"

#include <fmt/format.h>

#include <utility>

namespace plimsoll::engine::steps {

void ActiveStep::started(std::vector<std::string> pods, std::optional<double> happened) {
  if (std::exchange(started_, true)) return;
  std::string where;
  for (const auto& pod : pods) where += (where.empty() ? " in pod " : ", ") + pod;
  log::StepObservation seen;
  seen.name = step.name;
  seen.event = log::StepObservation::Event::kStart;
  seen.happened = happened;
  seen.pods = std::move(pods);
  context.recorder.write(std::move(seen));
  context.console.say(fmt::format("step {}: started{}", step.name, where));
}

StepEnd ActiveStep::interrupted() const {
  StepEnd end;
  end.outcome = cancellation.reason().value_or(ExitCode::kAborted);
  end.message = "stopped before its end";
  end.interrupted = true;
  return end;
}

StepEnd ActiveStep::late(units::Duration limit, const std::string& why) {
  return StepEnd::stop(ExitCode::kAborted,
                       fmt::format("not within {}: {}", units::format_duration(limit), why));
}

}  // namespace plimsoll::engine::steps

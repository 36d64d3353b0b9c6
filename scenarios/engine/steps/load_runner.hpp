// The load step: loadgen as a Job beside the target. Where its pods stand is read from the
// observations, its result from their logs. Errors, thread-safety: step.hpp.
#pragma once
#include <vector>

#include "scenarios/engine/steps/step.hpp"

namespace plimsoll::engine::steps {

class LoadRunner : public StepRunner {
 public:
  LoadRunner(ActiveStep& active, const model::Load& load) : StepRunner(active), load_(load) {}
  [[nodiscard]] boost::asio::awaitable<StepEnd> run() override;

 private:
  using Pods = std::vector<log::PodObservation>;
  boost::asio::awaitable<StepEnd> follow_job(units::Duration limit);
  // Records the start when the first container has started; whether that has been.
  bool note_start(const Pods& pods, double created);
  boost::asio::awaitable<StepEnd> collect(Pods pods);
  // Adds one worker's result to end. False: there is none, and end says why.
  boost::asio::awaitable<bool> collect_worker(const log::PodObservation* pod, int worker,
                                              StepEnd* end);

  const model::Load& load_;
};

}  // namespace plimsoll::engine::steps

// The wait step: until the observations say that the workload is ready, that the HPA has a
// condition, or that another step has ended. Errors, thread-safety: step.hpp.
#pragma once
#include "scenarios/engine/steps/step.hpp"

namespace plimsoll::engine::steps {

class WaitRunner : public StepRunner {
 public:
  WaitRunner(ActiveStep& active, const model::Wait& wait) : StepRunner(active), wait_(wait) {}
  [[nodiscard]] boost::asio::awaitable<StepEnd> run() override;

 private:
  boost::asio::awaitable<StepEnd> ready();
  boost::asio::awaitable<StepEnd> hpa(const model::WaitHpa* what);
  boost::asio::awaitable<StepEnd> step_end(const model::WaitStep* what);

  const model::Wait& wait_;
};

}  // namespace plimsoll::engine::steps

// The sleep step. Errors, thread-safety: step.hpp.
#pragma once
#include "scenarios/engine/steps/step.hpp"

namespace plimsoll::engine::steps {

class SleepRunner : public StepRunner {
 public:
  SleepRunner(ActiveStep& active, const model::Sleep& sleep) : StepRunner(active), sleep_(sleep) {}
  [[nodiscard]] boost::asio::awaitable<StepEnd> run() override;

 private:
  const model::Sleep& sleep_;
};

}  // namespace plimsoll::engine::steps

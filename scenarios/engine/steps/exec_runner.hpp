// The exec step: a command in a container, in one pod or in several at once. Which pods are there
// is read from the observations (by a label selector of the step: asked of the API server). Errors,
// thread-safety: step.hpp.
#pragma once
#include <string>
#include <vector>

#include "scenarios/engine/steps/step.hpp"

namespace plimsoll::engine::steps {

class ExecRunner : public StepRunner {
 public:
  ExecRunner(ActiveStep& active, const model::Exec& exec) : StepRunner(active), exec_(exec) {}
  [[nodiscard]] boost::asio::awaitable<StepEnd> run() override;

 private:
  boost::asio::awaitable<Result<std::vector<std::string>>> choose_pods();
  boost::asio::awaitable<Result<std::vector<std::string>>> observed_pods();
  boost::asio::awaitable<Result<std::vector<std::string>>> selected_pods(std::string selector);
  boost::asio::awaitable<StepEnd> run_in(std::string pod);
  // What came of the process. late: it reached the step's limit.
  [[nodiscard]] StepEnd end_of(const std::string& pod, int exit_code, const std::string& output,
                               bool late) const;

  const model::Exec& exec_;
};

}  // namespace plimsoll::engine::steps

// Makes the steps of a scenario happen, in order, background ones beside the others, and records
// each as step observations. Errors: none thrown; a step that goes wrong ends with ok = false, the
// exit code that it asks for and a message. Which of them stop the run: docs/running.md.
// Thread-safety: one executor, one thread.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/exit_code/exit_code.hpp"
#include "core/result/result.hpp"
#include "scenarios/engine/console/console.hpp"
#include "scenarios/engine/kube/created_resources.hpp"
#include "scenarios/engine/kube/kube.hpp"
#include "scenarios/engine/kube/kubectl.hpp"
#include "scenarios/engine/model/model.hpp"
#include "scenarios/engine/observe/recorder.hpp"
#include "scenarios/engine/task/cancellation_token.hpp"
#include "scenarios/engine/task/task_group.hpp"

namespace plimsoll::engine::steps {

// What the steps of a run share.
struct StepContext {
  const model::Scenario& scenario;
  kube::Kubectl kubectl;
  std::string run;
  std::string in_namespace;
  std::string image_prefix;
  std::string out;  // the run's folder
  kube::Kube& kube;
  kube::CreatedResources& created;
  observe::Recorder& recorder;
  console::Console& console;
};

// How a step ended.
struct StepEnd {
  ExitCode outcome = ExitCode::kPassed;  // what it asks of the run's exit code
  std::string message;                   // why, where outcome is not kPassed
  bool stops_the_run = false;
  bool interrupted = false;        // it did not end by itself: the run or another step made it
  std::optional<int> exit_code;    // of the process that it was about
  std::optional<double> happened;  // when it really ended, where that was learnt late

  [[nodiscard]] static StepEnd stop(ExitCode outcome, std::string message) {
    return {outcome, std::move(message), true, false, {}, {}};
  }
  [[nodiscard]] static StepEnd stop(const Error& error) {
    return stop(plimsoll::exit_code(error), error.message);
  }
};

class Steps {
 public:
  Steps(StepContext context, task::CancellationToken& run_cancellation);

  // Runs all steps; ends when the last has ended, background ones too, or one has failed.
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
  boost::asio::awaitable<StepEnd> dispatch(const model::Step* step);

  boost::asio::awaitable<StepEnd> wait(const model::Step* step, const model::Wait* wait);
  boost::asio::awaitable<StepEnd> wait_ready(const model::Step* step);
  boost::asio::awaitable<StepEnd> wait_hpa(const model::Step* step, const model::WaitHpa* what);
  boost::asio::awaitable<StepEnd> wait_step(const model::Step* step, const model::WaitStep* what);
  boost::asio::awaitable<StepEnd> sleep(const model::Sleep* sleep);
  boost::asio::awaitable<StepEnd> exec(const model::Step* step, const model::Exec* exec);
  boost::asio::awaitable<StepEnd> load(const model::Step* step, const model::Load* load);

  // Parts of exec and load, in step_exec.cpp and step_load.cpp.
  boost::asio::awaitable<Result<std::vector<std::string>>> choose_pods(
      const model::PodChoice* choice);
  boost::asio::awaitable<Result<std::vector<std::string>>> ready_pods(std::string selector);
  boost::asio::awaitable<Result<std::string>> workload_selector();
  boost::asio::awaitable<StepEnd> exec_in(const model::Step* step, const model::Exec* exec,
                                          std::string pod);
  boost::asio::awaitable<StepEnd> follow_job(const model::Step* step, const model::Load* load);
  boost::asio::awaitable<StepEnd> collect_load(const model::Step* step, const model::Load* load,
                                               nlohmann::json pods);

  [[nodiscard]] StepEnd interrupted() const;
  void started(const model::Step& step, std::vector<std::string> pods = {},
               std::optional<double> happened = {});

  StepContext context_;
  task::CancellationToken& run_cancellation_;
  task::CancellationToken cancellation_;  // of the steps only: the run goes on to be judged
  task::CancellationToken::Hook chain_;
  struct Progress {
    bool started = false;
    bool ended = false;
    StepEnd end;
  };
  std::map<std::string, Progress> progress_;
  ExitCode outcome_ = ExitCode::kPassed;
  std::vector<std::string> troubles_;
};

}  // namespace plimsoll::engine::steps

// What all kinds of steps have in common: what they share, one under way, how it ended, and the
// interface of the runners (one for each kind). Errors: none thrown; a step that goes wrong ends
// with an outcome that is not kPassed and a message. Thread-safety: one executor, one thread.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/exit_code/exit_code.hpp"
#include "core/result/result.hpp"
#include "core/units/units.hpp"
#include "scenarios/engine/console/console.hpp"
#include "scenarios/engine/kube/cluster_api.hpp"
#include "scenarios/engine/kube/created_resources.hpp"
#include "scenarios/engine/log/observation.hpp"
#include "scenarios/engine/model/model.hpp"
#include "scenarios/engine/observe/recorder.hpp"
#include "scenarios/engine/observe/watch.hpp"
#include "scenarios/engine/task/cancellation_token.hpp"

namespace plimsoll::engine::steps {

// What the steps of a run share.
struct StepContext {
  const model::Scenario& scenario;
  std::string run;
  std::string in_namespace;
  std::string image_prefix;
  std::string out;  // the run's folder
  kube::ClusterApi& cluster;
  kube::CreatedResources& created;
  observe::Recorder& recorder;
  std::function<void()> poll_now;  // asks for observations of Kubernetes at once
  const console::Console& console;
};

// How a step ended.
struct StepEnd {
  ExitCode outcome = ExitCode::kPassed;  // what it asks of the run's exit code
  std::string message;                   // why, where outcome is not kPassed
  bool stops_the_run = false;
  bool interrupted = false;      // it did not end by itself: the run or another step made it
  std::optional<int> exit_code;  // of the process that it was about

  [[nodiscard]] static StepEnd stop(ExitCode outcome, std::string message) {
    return {outcome, std::move(message), true, false, {}};
  }
  [[nodiscard]] static StepEnd stop(const Error& error) {
    return stop(plimsoll::exit_code(error), error.message);
  }
};

// One step under way.
class ActiveStep {
 public:
  ActiveStep(const StepContext& its_context, const model::Step& its_step,
             task::CancellationToken& its_cancellation)
      : context(its_context), step(its_step), cancellation(its_cancellation) {}

  // Records that it began; only the first call counts. happened: as in StepObservation.
  void started(std::vector<std::string> pods = {}, std::optional<double> happened = {});
  [[nodiscard]] StepEnd interrupted() const;
  // Aborted because it was not done within its limit: why not.
  [[nodiscard]] static StepEnd late(units::Duration limit, const std::string& why);

  [[nodiscard]] task::Clock::TimePoint now() const { return cancellation.clock().now(); }
  // topic: observe::Watch's.
  [[nodiscard]] observe::Watch watch(std::string topic) const {
    return {context.recorder, cancellation, std::move(topic)};
  }

  const StepContext& context;
  const model::Step& step;
  task::CancellationToken& cancellation;

 private:
  bool started_ = false;
};

class StepRunner {
 public:
  explicit StepRunner(ActiveStep& active) : active_(active) {}
  virtual ~StepRunner() = default;
  StepRunner(const StepRunner&) = delete;
  StepRunner& operator=(const StepRunner&) = delete;
  // Ends with the step.
  [[nodiscard]] virtual boost::asio::awaitable<StepEnd> run() = 0;

 protected:
  ActiveStep& active_;
};

}  // namespace plimsoll::engine::steps

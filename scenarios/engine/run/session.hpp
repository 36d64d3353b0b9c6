// One run of one scenario, from preflight to cleanup. What it makes it takes away, whatever
// happens; what it saw is judged, whatever happens. Errors: a Result's error ended the run before
// anything was made; everything later is part of the outcome. Thread-safety: one executor.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/exit_code/exit_code.hpp"
#include "core/result/result.hpp"
#include "scenarios/engine/console/console.hpp"
#include "scenarios/engine/judge/judge.hpp"
#include "scenarios/engine/kube/cluster_api.hpp"
#include "scenarios/engine/kube/created_resources.hpp"
#include "scenarios/engine/kube/kubectl.hpp"
#include "scenarios/engine/kube/manifests.hpp"
#include "scenarios/engine/model/model.hpp"
#include "scenarios/engine/observe/poll_scheduler.hpp"
#include "scenarios/engine/observe/pollers.hpp"
#include "scenarios/engine/observe/recorder.hpp"
#include "scenarios/engine/prometheus/rules.hpp"
#include "scenarios/engine/run/live_judge.hpp"
#include "scenarios/engine/run/plan.hpp"
#include "scenarios/engine/steps/sequencer.hpp"
#include "scenarios/engine/task/cancellation_token.hpp"
#include "scenarios/engine/task/task_group.hpp"

namespace plimsoll::engine::run {

// What came of it.
struct RunOutcome {
  ExitCode exit = ExitCode::kInternal;
  judge::Judgement judgement;
  log::Observations observations;
  std::vector<std::string> troubles;  // what went wrong beside the claims, for people
  std::vector<std::string> left;      // what cleanup could not remove
  double seconds = 0;
  log::WallTime began{};
};

class Session {
 public:
  Session(RunPlan plan, kube::ClusterApi& cluster, task::CancellationToken& cancellation,
          console::Console& console);

  // Looks whether the run can work, and makes nothing.
  [[nodiscard]] boost::asio::awaitable<Result<void>> check();
  // Runs it. check() has passed.
  [[nodiscard]] boost::asio::awaitable<Result<RunOutcome>> run();

  // Whether the namespace is made for this run. After check().
  [[nodiscard]] bool own_namespace() const noexcept { return own_namespace_; }
  [[nodiscard]] const RunPlan& plan() const noexcept { return plan_; }
  // For a user who will not wait: what stands in the cluster now, and how to remove it.
  [[nodiscard]] std::vector<std::string> standing() const;

 private:
  boost::asio::awaitable<void> observe_and_judge();
  boost::asio::awaitable<Result<void>> set_up();
  boost::asio::awaitable<void> run_steps(LiveJudge* judge);
  boost::asio::awaitable<void> clean_up();
  void trouble(const Error& error);

  RunPlan plan_;
  kube::ClusterApi& cluster_;
  task::CancellationToken& cancellation_;
  console::Console& console_;
  bool own_namespace_ = true;
  kube::Manifests manifests_;
  std::vector<prometheus::RuleFile> rule_files_;
  kube::CreatedResources created_;
  prometheus::Rules rules_;
  std::unique_ptr<observe::Recorder> recorder_;
  std::unique_ptr<observe::Pollers> pollers_;
  std::unique_ptr<observe::PollScheduler> scheduler_;
  RunOutcome outcome_;
};

}  // namespace plimsoll::engine::run

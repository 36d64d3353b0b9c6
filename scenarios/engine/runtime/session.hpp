// One run of one scenario, from preflight to cleanup. What it makes it takes away, whatever
// happens; what it saw is judged, whatever happens. Errors: a Result's error ended the run before
// anything was made; everything later is part of the outcome. Thread-safety: one executor.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result/result.hpp"
#include "scenarios/engine/judge.hpp"
#include "scenarios/engine/model.hpp"
#include "scenarios/engine/runtime/kube.hpp"
#include "scenarios/engine/runtime/kubectl.hpp"
#include "scenarios/engine/runtime/made.hpp"
#include "scenarios/engine/runtime/manifests.hpp"
#include "scenarios/engine/runtime/narrator.hpp"
#include "scenarios/engine/runtime/pollers.hpp"
#include "scenarios/engine/runtime/recorder.hpp"
#include "scenarios/engine/runtime/rules.hpp"
#include "scenarios/engine/runtime/steps.hpp"
#include "scenarios/engine/runtime/stop.hpp"

namespace plimsoll::runtime {

// What a run is to be, decided before it begins.
struct RunPlan {
  scenario::Scenario scenario;
  std::string run;  // the run id
  std::string in_namespace;
  std::string image_prefix;  // "docker.io/plimsoll"
  std::string out;           // its folder
  std::string context;       // of kubectl, for people
  Kubectl kubectl;
};

// What came of it.
struct RunOutcome {
  ExitCode exit = ExitCode::kInternal;
  scenario::Judgement judgement;
  scenario::Observations observations;
  std::vector<std::string> troubles;  // what went wrong beside the claims, for people
  std::vector<std::string> left;      // what cleanup could not remove
  double seconds = 0;
  scenario::WallTime began{};
};

class Session {
 public:
  Session(RunPlan plan, Kube& kube, Stop& stop, Narrator& narrator);

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
  boost::asio::awaitable<Result<void>> set_up();
  boost::asio::awaitable<void> live();
  boost::asio::awaitable<void> run_steps();
  boost::asio::awaitable<void> clean_up();
  void start_polling(Tasks& tasks);
  using Look = boost::asio::awaitable<std::string> (Pollers::*)();
  boost::asio::awaitable<void> poll(std::string what, Look look, std::chrono::milliseconds every);
  void judge_now();
  void trouble(const Error& error);

  RunPlan plan_;
  Kube& kube_;
  Stop& stop_;
  Narrator& narrator_;
  bool own_namespace_ = true;
  Manifests manifests_;
  std::vector<RuleFile> rule_files_;
  Made made_;
  Rules rules_;
  std::unique_ptr<Recorder> recorder_;
  std::unique_ptr<Pollers> pollers_;
  std::unique_ptr<Steps> steps_;
  Stop polling_;  // ends the pollers, which go on longer than the steps
  bool steps_done_ = false;
  RunOutcome outcome_;
};

}  // namespace plimsoll::runtime

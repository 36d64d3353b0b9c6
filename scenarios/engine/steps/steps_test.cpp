#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/load_result/load_result.hpp"
#include "scenarios/engine/observe/poll_scheduler.hpp"
#include "scenarios/engine/parse/parse.hpp"
#include "scenarios/engine/steps/sequencer.hpp"
#include "scenarios/engine/task/task_group.hpp"
#include "scenarios/engine/testing/fake_cluster.hpp"
#include "scenarios/engine/testing/virtual_clock.hpp"

namespace plimsoll::engine::steps {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::FakeCluster;

const std::string kDeployment = "/apis/apps/v1/namespaces/ns/deployments/target";
const std::string kHpa = "/apis/autoscaling/v2/namespaces/ns/horizontalpodautoscalers/target";

class StepsTest : public ::testing::Test {
 protected:
  StepsTest() {
    std::filesystem::create_directories(out_);
    set_ready(true);
  }
  ~StepsTest() override { std::filesystem::remove_all(out_); }

  void set_ready(bool ready) {
    const int count = ready ? 1 : 0;
    cluster_.objects[kDeployment] = {
        {"metadata", {{"name", "target"}}},
        {"spec", {{"replicas", 1}, {"selector", {{"matchLabels", {{"app", "target"}}}}}}},
        {"status", {{"replicas", 1}, {"updatedReplicas", 1}, {"readyReplicas", count}}}};
    cluster_.set_pod("ns", "target-1", FakeCluster::ready_status(ready));
  }

  // Runs steps, written as in a scenario file, while the cluster is polled.
  void run(const std::string& steps) {
    auto loaded = parse::load_text(
        "apiVersion: plimsoll.dev/v1alpha1\nkind: Scenario\nmetadata: {name: s}\nspec:\n"
        "  target: {manifests: [], workload: deployment/target, container: target, hpa: target}\n"
        "  steps:\n" +
            steps +
            "  expect:\n    - {id: up, workload: {readyReplicas: '>=1'}, eventually: {after: "
            "start, "
            "by: 20s}}\n",
        "s.yaml", {});
    ASSERT_TRUE(loaded.problems.empty()) << to_string(loaded.problems.front());
    scenario_ = std::move(loaded.scenarios.front());
    observe::PollScheduler scheduler{pollers_, cancellation_, console_};
    StepContext context{scenario_, "r",      "ns",       "docker.io/plimsoll",          out_,
                        cluster_,  created_, *recorder_, [&] { scheduler.poll_now(); }, console_};
    Sequencer steps_of_it{std::move(context), cancellation_};
    scheduler.start();
    clock_.run(steps_of_it.run());
    outcome_ = steps_of_it.outcome();
    cut_short_ = steps_of_it.cut_short();
    troubles_ = steps_of_it.troubles();
    clock_.run(scheduler.stop());
  }

  // When a step began or ended, in seconds; -1 where it did not.
  double time_of(const std::string& step, log::StepObservation::Event event) const {
    for (const auto& one : recorder_->observations())
      if (const auto* seen = std::get_if<log::StepObservation>(&one.what))
        if (seen->name == step && seen->event == event) return seen->happened.value_or(one.t);
    return -1;
  }
  double start_of(const std::string& step) const {
    return time_of(step, log::StepObservation::Event::kStart);
  }
  double end_of(const std::string& step) const {
    return time_of(step, log::StepObservation::Event::kEnd);
  }
  std::string text_of(const std::string& file) const {
    std::ostringstream text;
    text << std::ifstream{out_ + "/" + file}.rdbuf();
    return text.str();
  }
  json load_pod_status(const std::string& phase, json state) const {
    return {{"phase", phase},
            {"containerStatuses",
             {{{"name", "loadgen"}, {"restartCount", 0}, {"state", std::move(state)}}}}};
  }
  // A load generator that starts at 3 s and ends at 8 s with an exit code and a log.
  void let_load_run(int exit_code, const std::string& text) {
    clock_.after(3s, [this] {
      cluster_.set_pod(
          "ns", "load-peak-0",
          load_pod_status("Running", {{"running", {{"startedAt", "2026-08-21T10:00:03Z"}}}}),
          "Job/load-peak");
    });
    clock_.after(8s, [=, this] {
      cluster_.set_pod("ns", "load-peak-0",
                       load_pod_status(exit_code == 0 ? "Succeeded" : "Failed",
                                       {{"terminated",
                                         {{"startedAt", "2026-08-21T10:00:03Z"},
                                          {"exitCode", exit_code},
                                          {"reason", exit_code == 0 ? "Completed" : "Error"}}}}),
                       "Job/load-peak");
    });
    cluster_.intercept =
        [text](const kube::HttpRequest& request) -> std::optional<Result<kube::HttpResponse>> {
      if (request.target.find("/log?") == std::string::npos) return std::nullopt;
      return kube::HttpResponse{200, text};
    };
  }

  std::string out_ =
      std::filesystem::temp_directory_path() / ("plimsoll-steps-" + std::to_string(::getpid()));
  testing::VirtualClock clock_;
  FakeCluster cluster_{clock_};
  task::CancellationToken cancellation_{clock_};
  console::Console console_{true, false};
  std::unique_ptr<observe::Recorder> recorder_ = std::move(*observe::Recorder::open("", clock_));
  kube::CreatedResources created_{cluster_, clock_, "r", "ns"};
  observe::Watched watched_{"r",        "ns",  {model::WorkloadKind::kDeployment, "target"},
                            {"target"}, {},    {},
                            false,      false, {}};
  observe::Pollers pollers_{cluster_, *recorder_, watched_};
  model::Scenario scenario_;
  ExitCode outcome_ = ExitCode::kInternal;
  bool cut_short_ = false;
  std::vector<std::string> troubles_;
};

const char* const kLoad =
    "    - {name: peak, load: {service: target, rate: 10/s, duration: 20s}}\n";
const std::string kLoadResult = "starting\n" + load_result::to_json({}).dump() + "\n";

TEST_F(StepsTest, WaitReadyEndsWithTheFirstObservationThatIsRolledOut) {
  set_ready(false);
  clock_.after(4500ms, [this] { set_ready(true); });
  run("    - {name: ready, wait: {ready: true}}\n");
  EXPECT_EQ(outcome_, ExitCode::kPassed);
  EXPECT_DOUBLE_EQ(end_of("ready"), 5);  // the poll after 4.5 s
  const auto& all = recorder_->observations();
  const auto seen = std::find_if(all.begin(), all.end(), [](const auto& one) {
    const auto* workload = std::get_if<log::WorkloadObservation>(&one.what);
    return workload != nullptr && workload->rolled_out;
  });
  ASSERT_NE(seen, all.end());
  EXPECT_LE(seen->t, end_of("ready"));
}

TEST_F(StepsTest, WaitReadyDoesNotTrustWhatWasSeenBeforeItBegan) {
  run("    - {name: rest, sleep: 2500ms}\n    - {name: ready, wait: {ready: true, by: 5s}}\n");
  EXPECT_EQ(outcome_, ExitCode::kPassed);
  EXPECT_DOUBLE_EQ(end_of("ready"), 2.5);  // polled at once, not at 3 s
}

TEST_F(StepsTest, WaitReadyThatReachesItsLimitSaysWhatThePodSaysAndStopsTheRun) {
  set_ready(false);
  run("    - {name: ready, wait: {ready: true, by: 10s}}\n    - {name: never, sleep: 1s}\n");
  EXPECT_EQ(outcome_, ExitCode::kAborted);
  EXPECT_TRUE(cut_short_);
  EXPECT_EQ(troubles_.at(0),
            "step ready: not within 10.0s: deployment/target has 0 of 1 replicas ready; pod "
            "target-1: container target waiting: ImagePullBackOff: no image");
  EXPECT_EQ(start_of("never"), -1);
}

TEST_F(StepsTest, WaitReadySaysWhenTheWorkloadOrTheAnswerIsMissing) {
  cluster_.objects.erase(kDeployment);
  run("    - {name: ready, wait: {ready: true, by: 3s}}\n");
  EXPECT_EQ(troubles_.at(0), "step ready: not within 3.00s: deployment/target does not exist");
}

TEST_F(StepsTest, WaitHpaWaitsForTheCondition) {
  const auto hpa = [](const char* status) {
    return json{
        {"metadata", {{"name", "target"}}},
        {"status",
         {{"conditions", {{{"type", "ScalingActive"}, {"status", status}, {"reason", "R"}}}}}}};
  };
  cluster_.objects[kHpa] = hpa("False");
  clock_.after(7200ms, [&] { cluster_.objects[kHpa] = hpa("True"); });
  run("    - {name: active, wait: {hpa: {condition: ScalingActive=True}}}\n");
  EXPECT_EQ(outcome_, ExitCode::kPassed);
  EXPECT_DOUBLE_EQ(end_of("active"), 8);
  run("    - {name: able, wait: {hpa: {condition: AbleToScale=True}, by: 4s}}\n");
  EXPECT_EQ(troubles_.at(0),
            "step able: not within 4.00s: hpa/target has no condition AbleToScale yet");
}

TEST_F(StepsTest, ABackgroundStepGoesOnBesideTheOthersAndCanBeWaitedFor) {
  run("    - {name: long, background: true, sleep: 9s}\n    - {name: short, sleep: 2s}\n"
      "    - {name: joined, wait: {for: long}}\n");
  EXPECT_EQ(outcome_, ExitCode::kPassed);
  EXPECT_DOUBLE_EQ(end_of("short"), 2);
  EXPECT_DOUBLE_EQ(end_of("joined"), 9);
}

TEST_F(StepsTest, ExecRunsInTheFirstReadyPodByNameAndKeepsItsOutput) {
  cluster_.set_pod("ns", "target-0", FakeCluster::ready_status(false));
  cluster_.set_pod("ns", "another", FakeCluster::ready_status(), "Job/other");
  cluster_.command = {{"burning"}, 3s, 7};
  run("    - {name: burn, exec: {pod: any, command: [cpuburn]}}\n");
  EXPECT_EQ(outcome_, ExitCode::kPassed);  // an exit code that is not expected is not judged
  ASSERT_EQ(cluster_.commands.size(), 1U);
  EXPECT_EQ(cluster_.commands[0].pod, "target-1");
  EXPECT_EQ(cluster_.commands[0].container, "target");
  EXPECT_DOUBLE_EQ(end_of("burn"), 3);
  EXPECT_NE(text_of("exec-burn-target-1.log").find("burning\nexit code 7\n"), std::string::npos);
}

TEST_F(StepsTest, ExecWithAnotherExitCodeThanExpectedFailsAndStopsTheRun) {
  cluster_.command = {{}, 1s, 3};
  run("    - {name: burn, exec: {pod: any, command: [cpuburn], expectExit: 0}}\n"
      "    - {name: never, sleep: 1s}\n");
  EXPECT_EQ(outcome_, ExitCode::kFailed);
  EXPECT_NE(troubles_.at(0).find("expected exit code 0, got 3"), std::string::npos);
  EXPECT_EQ(start_of("never"), -1);
}

TEST_F(StepsTest, ExecWithoutAReadyPodOrAnAnswerIsEnvironmentTrouble) {
  set_ready(false);
  run("    - {name: burn, exec: {pod: all, command: [cpuburn]}}\n");
  EXPECT_EQ(outcome_, ExitCode::kEnvironment);
  EXPECT_EQ(troubles_.at(0), "step burn: no ready pod matches deployment/target in namespace ns");
}

TEST_F(StepsTest, ExecBeyondItsLimitIsEndedAndAborted) {
  cluster_.command = {{}, 1h, 0};
  run("    - {name: burn, by: 5s, exec: {pod: any, command: [cpuburn]}}\n");
  EXPECT_EQ(outcome_, ExitCode::kAborted);
  EXPECT_DOUBLE_EQ(end_of("burn"), 5);
}

TEST_F(StepsTest, TheLastLineOfAKilledProcessIsEvidence) {
  cluster_.command = {{"at 60Mi", "command terminated with exit code 137"}, 1s, 137};
  run("    - {name: bloat, exec: {pod: any, command: [membloat]}}\n");
  const auto& all = recorder_->observations();
  EXPECT_TRUE(std::any_of(all.begin(), all.end(), [](const auto& one) {
    const auto* evidence = std::get_if<log::EvidenceObservation>(&one.what);
    return evidence != nullptr && evidence->message.ends_with("at 60Mi");
  }));
}

TEST_F(StepsTest, ACancelledRunInterruptsItsStepsAndDoesNotBlameThem) {
  cluster_.command = {{}, 1h, 0};
  clock_.after(4s, [this] { cancellation_.cancel(ExitCode::kInterrupted); });
  run("    - {name: long, background: true, sleep: 1h}\n"
      "    - {name: burn, exec: {pod: any, command: [cpuburn]}}\n");
  EXPECT_EQ(outcome_, ExitCode::kPassed);
  EXPECT_TRUE(troubles_.empty());
  EXPECT_DOUBLE_EQ(end_of("burn"), 4);
  EXPECT_DOUBLE_EQ(end_of("long"), 4);
}

TEST_F(StepsTest, ALoadStartsWhenItsContainerDidAndItsResultIsKept) {
  let_load_run(0, kLoadResult);
  run(kLoad);
  EXPECT_EQ(outcome_, ExitCode::kPassed) << (troubles_.empty() ? "" : troubles_[0]);
  EXPECT_DOUBLE_EQ(start_of("peak"), 3);
  EXPECT_DOUBLE_EQ(end_of("peak"), 8);
  EXPECT_NE(text_of("load-peak.json").find("plimsoll.loadgen/v1"), std::string::npos);
}

TEST_F(StepsTest, ALoadThatMissesAThresholdIsAFindingAndTheRunGoesOn) {
  let_load_run(1, kLoadResult);
  run(std::string{kLoad} + "    - {name: after, sleep: 1s}\n");
  EXPECT_EQ(outcome_, ExitCode::kFailed);
  EXPECT_DOUBLE_EQ(end_of("after"), 9);
}

TEST_F(StepsTest, ALoadWithoutAResultSaysItsLastLines) {
  let_load_run(4, "one\ncannot resolve target\n");
  run(kLoad);
  EXPECT_EQ(outcome_, ExitCode::kEnvironment);
  EXPECT_NE(troubles_.at(0).find("one|cannot resolve target"), std::string::npos);
}

TEST_F(StepsTest, ALoadWhosePodDoesNotRunSaysWhyAfterAMinute) {
  cluster_.set_pod("ns", "load-peak-0",
                   load_pod_status("Pending", {{"waiting", {{"reason", "ErrImagePull"}}}}),
                   "Job/load-peak");
  run(kLoad);
  EXPECT_EQ(outcome_, ExitCode::kEnvironment);
  EXPECT_DOUBLE_EQ(end_of("peak"), 60);
  EXPECT_NE(troubles_.at(0).find("ErrImagePull"), std::string::npos);
}

TEST_F(StepsTest, ALoadBeyondItsLimitIsAborted) {
  let_load_run(0, kLoadResult);
  run("    - {name: peak, by: 6s, load: {service: target, rate: 10/s, duration: 20s}}\n");
  EXPECT_EQ(outcome_, ExitCode::kAborted);
  EXPECT_EQ(troubles_.at(0), "step peak: not within 6.00s: job/load-peak goes on");
}

}  // namespace
}  // namespace plimsoll::engine::steps

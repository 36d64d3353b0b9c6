#include "scenarios/engine/run/session.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "scenarios/engine/parse/parse.hpp"
#include "scenarios/engine/testing/fake_cluster.hpp"
#include "scenarios/engine/testing/virtual_clock.hpp"

namespace plimsoll::engine::run {
namespace {

using namespace std::chrono_literals;

const char* const kDeployment = R"({"apiVersion": "apps/v1", "kind": "Deployment",
  "metadata": {"name": "target"},
  "spec": {"selector": {"matchLabels": {"app": "target"}},
           "template": {"metadata": {"labels": {"app": "target"}}, "spec": {"containers": []}}}})";

class SessionTest : public ::testing::Test {
 protected:
  SessionTest() {
    std::filesystem::create_directories(folder_);
    std::ofstream{folder_ + "/target.json"} << kDeployment;
    std::ofstream{folder_ + "/rules.yaml"}
        << "groups: [{name: g, rules: [{alert: Busy, expr: up == 1}]}]\n";
  }
  ~SessionTest() override { std::filesystem::remove_all(folder_); }

  // A session of a scenario with these steps, in a namespace of its own unless one is named.
  void prepare(const std::string& steps, const std::string& in_namespace = "plimsoll-s-r") {
    auto loaded = parse::load_text(
        "apiVersion: plimsoll.dev/v1alpha1\nkind: Scenario\nmetadata: {name: s}\nspec:\n"
        "  target: {manifests: [target.json], workload: deployment/target, container: target}\n"
        "  rules: [rules.yaml]\n  timeout: 2m\n  steps:\n    - " +
            steps +
            "\n  expect:\n    - {id: up, workload: {readyReplicas: '>=1'}, "
            "eventually: {after: start, by: 20s}}\n",
        folder_ + "/s.yaml", {});
    ASSERT_TRUE(loaded.problems.empty()) << to_string(loaded.problems.front());
    RunPlan plan;
    plan.scenario = std::move(loaded.scenarios.front());
    plan.run = "r";
    plan.in_namespace = in_namespace;
    plan.image_prefix = kube::kDefaultImagePrefix;
    plan.out = folder_ + "/out";
    session_ = std::make_unique<Session>(std::move(plan), cluster_, cancellation_, console_);
  }

  RunOutcome run() {
    const auto checked = clock_.run(session_->check());
    EXPECT_TRUE(checked) << checked.error().message;
    auto outcome = clock_.run(session_->run());
    EXPECT_TRUE(outcome);
    return std::move(*outcome);
  }

  bool changed_anything() const {
    return std::any_of(cluster_.requests.begin(), cluster_.requests.end(), [](const auto& one) {
      return !one.starts_with("GET") && one.find("accessreviews") == std::string::npos;
    });
  }

  static bool ends_with_mark(const RunOutcome& outcome) {
    const auto* mark = std::get_if<log::MarkObservation>(&outcome.observations.back().what);
    return mark != nullptr && mark->name == "end";
  }

  std::string folder_ =
      std::filesystem::temp_directory_path() / ("plimsoll-session-" + std::to_string(::getpid()));
  testing::VirtualClock clock_;
  testing::FakeCluster cluster_{clock_};
  task::CancellationToken cancellation_{clock_};
  console::Console console_{true, false};
  std::unique_ptr<Session> session_;
};

TEST_F(SessionTest, ARunThatPassesLeavesNothing) {
  prepare("{name: ready, wait: {ready: true}}");
  const auto outcome = run();
  EXPECT_EQ(outcome.exit, ExitCode::kPassed);
  EXPECT_TRUE(outcome.troubles.empty());
  EXPECT_TRUE(ends_with_mark(outcome));
  EXPECT_TRUE(cluster_.left_of_runs().empty());
  EXPECT_TRUE(session_->standing().empty());
}

TEST_F(SessionTest, PreflightNamesWhatIsMissingAndMakesNothing) {
  prepare("{name: ready, wait: {ready: true}}");
  cluster_.denied = {"create namespaces"};
  const auto checked = clock_.run(session_->check());
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().message.find("create namespaces"), std::string::npos);
  EXPECT_FALSE(changed_anything());
}

TEST_F(SessionTest, ASetUpThatFailsIsTroubleAndWhatWasMadeGoes) {
  prepare("{name: ready, wait: {ready: true}}");
  cluster_.intercept =
      [](const kube::HttpRequest& request) -> std::optional<Result<kube::HttpResponse>> {
    if (request.method != "PATCH" || request.target.find("/deployments/") == std::string::npos)
      return std::nullopt;
    return kube::HttpResponse{403, R"({"message": "quota"})"};
  };
  const auto outcome = run();
  EXPECT_EQ(outcome.exit, ExitCode::kEnvironment);
  EXPECT_NE(outcome.troubles.at(0).find("quota"), std::string::npos);
  EXPECT_TRUE(ends_with_mark(outcome));
  EXPECT_TRUE(cluster_.left_of_runs().empty());
}

TEST_F(SessionTest, RulesThatPrometheusDoesNotTakeAreTroubleAndGo) {
  prepare("{name: ready, wait: {ready: true}}");
  cluster_.intercept =
      [](const kube::HttpRequest& request) -> std::optional<Result<kube::HttpResponse>> {
    if (!request.target.ends_with("/api/v1/rules?type=alert")) return std::nullopt;
    return kube::HttpResponse{200, R"({"status": "success", "data": {"groups": []}})"};
  };
  const auto outcome = run();
  EXPECT_EQ(outcome.exit, ExitCode::kEnvironment);
  EXPECT_NE(outcome.troubles.at(0).find("alert Busy is not in /api/v1/rules"), std::string::npos);
  EXPECT_TRUE(cluster_.left_of_runs().empty());
}

TEST_F(SessionTest, ACancelledRunEndsAtOnceAndLeavesNothing) {
  prepare("{name: long, sleep: 1m}");
  clock_.after(10s, [this] { cancellation_.cancel(ExitCode::kInterrupted); });
  const auto outcome = run();
  EXPECT_EQ(outcome.exit, ExitCode::kInterrupted);
  EXPECT_LT(outcome.seconds, 15);
  EXPECT_TRUE(ends_with_mark(outcome));
  EXPECT_TRUE(cluster_.left_of_runs().empty());
}

TEST_F(SessionTest, ARunCancelledWhileItIsSetUpLeavesNothing) {
  prepare("{name: long, sleep: 1m}");
  cluster_.latency = 100ms;
  clock_.after(2200ms, [this] { cancellation_.cancel(ExitCode::kTerminated); });
  const auto outcome = run();
  EXPECT_EQ(outcome.exit, ExitCode::kTerminated);
  EXPECT_TRUE(cluster_.left_of_runs().empty());
}

TEST_F(SessionTest, ARunThatReachesItsTimeoutIsAbortedAndLeavesNothing) {
  prepare("{name: long, sleep: 30m}");
  const auto outcome = run();
  EXPECT_EQ(outcome.exit, ExitCode::kAborted);
  EXPECT_EQ(outcome.troubles.at(0), "the run reached its timeout of 120s");
  EXPECT_GE(outcome.seconds, 120);
  EXPECT_TRUE(cluster_.left_of_runs().empty());
}

TEST_F(SessionTest, WhatCannotBeRemovedIsSaidWithItsReason) {
  prepare("{name: ready, wait: {ready: true}}");
  cluster_.namespaces_stay = true;
  const auto outcome = run();
  EXPECT_EQ(outcome.exit, ExitCode::kCleanupIncomplete);
  ASSERT_EQ(outcome.left.size(), 1U);
  EXPECT_NE(outcome.left[0].find("a finalizer holds it"), std::string::npos);
  EXPECT_EQ(session_->standing().size(), 1U);
}

TEST_F(SessionTest, ANamespaceThatExistedIsKeptAndOthersObjectsAreNotTouched) {
  const std::string kept = "/api/v1/namespaces/kept";
  cluster_.objects[kept] = nlohmann::json::object();
  prepare("{name: ready, wait: {ready: true}}", "kept");
  EXPECT_EQ(run().exit, ExitCode::kPassed);
  EXPECT_FALSE(session_->own_namespace());
  EXPECT_TRUE(cluster_.objects.contains(kept));
  EXPECT_FALSE(cluster_.objects.contains("/apis/apps/v1/namespaces/kept/deployments/target"));
}

TEST_F(SessionTest, AClusterThatStopsAnsweringMakesAClaimInconclusiveAndNeverAPass) {
  prepare("{name: long, sleep: 30s}");
  cluster_.deployments_become_ready = false;
  clock_.after(5s, [this] {
    cluster_.intercept =
        [](const kube::HttpRequest& request) -> std::optional<Result<kube::HttpResponse>> {
      if (request.method != "GET" || request.target.find("/deployments/") == std::string::npos)
        return std::nullopt;
      return unavailable("connection refused");
    };
  });
  EXPECT_EQ(run().exit, ExitCode::kInconclusive);
  EXPECT_TRUE(cluster_.left_of_runs().empty());
}

}  // namespace
}  // namespace plimsoll::engine::run

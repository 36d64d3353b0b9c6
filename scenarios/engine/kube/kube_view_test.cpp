#include "scenarios/engine/kube/kube_view.hpp"

#include <gtest/gtest.h>

namespace plimsoll::engine::kube {
using model::WorkloadKind;
using nlohmann::json;

TEST(KubeViewTest, AnOomKilledContainerShowsItsRestartAndWhyItEnded) {
  const auto pod = view_pod(json::parse(R"({
    "metadata": {"name": "target-1", "uid": "u"},
    "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "False"}],
      "containerStatuses": [{"name": "target", "ready": false, "restartCount": 1,
        "state": {"waiting": {"reason": "CrashLoopBackOff"}},
        "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137,
                                     "finishedAt": "2026-08-21T10:00:00Z"}}}]}})"));
  EXPECT_EQ(pod.name, "target-1");
  EXPECT_FALSE(pod.ready);
  ASSERT_EQ(pod.containers.size(), 1U);
  const auto& container = pod.containers.front();
  EXPECT_EQ(container.restarts, 1);
  EXPECT_EQ(container.state, "waiting");
  EXPECT_EQ(container.state_reason, "CrashLoopBackOff");
  ASSERT_TRUE(container.last_terminated);
  EXPECT_EQ(*container.last_terminated,
            (log::Termination{"OOMKilled", 137, "2026-08-21T10:00:00Z"}));
  EXPECT_FALSE(container.terminated);
}

TEST(KubeViewTest, APodWithoutStatusIsNotReadyAndHasNoContainers) {
  const auto pod = view_pod(json::parse(R"({"metadata": {"name": "p"}})"));
  EXPECT_FALSE(pod.ready);
  EXPECT_TRUE(pod.containers.empty());
}

TEST(KubeViewTest, AnHpaWithoutMinReplicasHasOne) {
  const auto hpa = view_hpa(json::parse(R"({"metadata": {"name": "target"},
    "spec": {"maxReplicas": 5}, "status": {"currentReplicas": 2, "desiredReplicas": 3,
    "conditions": [{"type": "ScalingActive", "status": "True", "reason": "ValidMetricFound"}]}})"));
  EXPECT_EQ(hpa.min, 1);
  EXPECT_EQ(hpa.max, 5);
  EXPECT_EQ(hpa.current, 2);
  EXPECT_EQ(hpa.desired, 3);
  ASSERT_EQ(hpa.conditions.size(), 1U);
  EXPECT_EQ(hpa.conditions.front().reason, "ValidMetricFound");
}

json deployment(int generation, int observed, int updated, int ready, int replicas) {
  return {{"metadata", {{"name", "target"}, {"generation", generation}}},
          {"spec", {{"replicas", 2}}},
          {"status",
           {{"observedGeneration", observed},
            {"updatedReplicas", updated},
            {"readyReplicas", ready},
            {"replicas", replicas}}}};
}

struct RolloutCase {
  const char* name;
  json object;
  bool done;
};

TEST(KubeViewTest, ARolloutIsDoneOnlyWhenNothingOldIsLeftAndAllIsReady) {
  const RolloutCase cases[] = {
      {"all new and ready", deployment(1, 1, 2, 2, 2), true},
      {"controller has not seen the spec", deployment(2, 1, 2, 2, 2), false},
      {"one not ready", deployment(1, 1, 2, 1, 2), false},
      {"an old pod is still there", deployment(1, 1, 2, 2, 3), false},
      {"one not updated", deployment(1, 1, 1, 2, 2), false},
  };
  for (const auto& one : cases)
    EXPECT_EQ(view_workload(model::WorkloadKind::kDeployment, one.object).rolled_out, one.done)
        << one.name;
}

TEST(KubeViewTest, ASelectorNeedsEveryTerm) {
  const auto selector = json::parse(R"({"matchLabels": {"app": "target"},
    "matchExpressions": [{"key": "tier", "operator": "In", "values": ["a", "b"]},
                         {"key": "old", "operator": "DoesNotExist"}]})");
  EXPECT_TRUE(selects(selector, json::parse(R"({"app": "target", "tier": "b", "x": "y"})")));
  EXPECT_FALSE(selects(selector, json::parse(R"({"app": "target", "tier": "c"})")));
  EXPECT_FALSE(selects(selector, json::parse(R"({"app": "other", "tier": "a"})")));
  EXPECT_FALSE(selects(selector, json::parse(R"({"app": "target", "tier": "a", "old": ""})")));
}

TEST(KubeViewTest, ASelectorWithoutTermsSelectsNothing) {
  EXPECT_FALSE(selects(json::object(), json::parse(R"({"app": "target"})")));
  EXPECT_FALSE(selects(json(nullptr), json::object()));
}

TEST(KubeViewTest, AnEventNamesItsObjectAsKubectlDoes) {
  const auto event = view_event(json::parse(R"({"metadata": {"uid": "e"}, "reason": "R",
    "involvedObject": {"kind": "HorizontalPodAutoscaler", "name": "target"}, "count": 3})"));
  EXPECT_EQ(event.object, "hpa/target");
  EXPECT_EQ(event.count, 3);
}

TEST(KubeViewTest, TroubleIsSaidOnlyWhereThereIsSome) {
  EXPECT_EQ(trouble_of(json::parse(R"({"metadata": {"name": "p"}, "status": {"phase": "Running",
      "conditions": [{"type": "Ready", "status": "True"}]}})")),
            "");
  EXPECT_EQ(trouble_of(json::parse(R"({"metadata": {"name": "p"}, "status": {"containerStatuses":
      [{"name": "c", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "no"}}}]}})")),
            "pod p: container c waiting: ImagePullBackOff: no");
  EXPECT_EQ(trouble_of(json::parse(R"({"metadata": {"name": "p"},
      "status": {"phase": "Succeeded"}})")),
            "");
}

TEST(KubeViewTest, APodNamesWhatControlsItAndSinceWhenItsContainersRun) {
  const auto pod = view_pod(json::parse(R"({"metadata": {"name": "p", "ownerReferences": [
      {"kind": "Node", "name": "n"}, {"kind": "Job", "name": "load-peak", "controller": true}]},
    "status": {"containerStatuses": [{"name": "c", "state": {"running": {"startedAt": "T"}}}]}})"));
  EXPECT_EQ(pod.owner, "job/load-peak");
  EXPECT_EQ(pod.containers.at(0).started_at, "T");
}

}  // namespace plimsoll::engine::kube

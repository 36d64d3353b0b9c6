#include "scenarios/engine/kube/manifests.hpp"

#include <gtest/gtest.h>

namespace plimsoll::engine::kube {
using nlohmann::json;

TEST(ManifestsTest, AnObjectBecomesTheRunsAndTakesItsImagesFromThePrefix) {
  auto object = json::parse(R"({"kind": "Deployment", "metadata": {"name": "target"},
    "spec": {"template": {"metadata": {"labels": {"app": "target"}}, "spec": {
      "initContainers": [{"image": "docker.io/plimsoll/loadgen:dev"}],
      "containers": [{"image": "docker.io/plimsoll/target:dev"},
                     {"image": "docker.io/plimsollish/x:1"}]}}}})");
  claim_object(object, "r1", "registry.example/p");
  EXPECT_EQ(object["metadata"]["labels"]["plimsoll.dev/run"], "r1");
  const auto& pod = object["spec"]["template"];
  EXPECT_EQ(pod["metadata"]["labels"]["plimsoll.dev/run"], "r1");
  EXPECT_EQ(pod["metadata"]["labels"]["app"], "target");
  EXPECT_EQ(pod["spec"]["initContainers"][0]["image"], "registry.example/p/loadgen:dev");
  EXPECT_EQ(pod["spec"]["containers"][0]["image"], "registry.example/p/target:dev");
  EXPECT_EQ(pod["spec"]["containers"][1]["image"], "docker.io/plimsollish/x:1");
}

TEST(ManifestsTest, AnObjectWithoutAPodTemplateGetsNone) {
  auto object = json::parse(R"({"kind": "Service", "metadata": {"name": "s"}, "spec": {}})");
  claim_object(object, "r1", kDefaultImagePrefix);
  EXPECT_FALSE(object["spec"].contains("template"));
}

TEST(ManifestsTest, WhatOthersNeedIsAppliedFirstAndAutoscalersLast) {
  Manifests manifests;
  for (const char* kind : {"HorizontalPodAutoscaler", "Deployment", "Service", "ConfigMap"})
    manifests.push_back({{"kind", kind}, {"metadata", {{"name", "x"}}}});
  sort_for_apply(manifests);
  std::string order;
  for (const auto& object : manifests) order += object_title(object) + " ";
  EXPECT_EQ(order, "configmap/x service/x deployment/x horizontalpodautoscaler/x ");
}

}  // namespace plimsoll::engine::kube

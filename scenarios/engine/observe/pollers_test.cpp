#include "scenarios/engine/observe/pollers.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/engine/observe/poll_scheduler.hpp"
#include "scenarios/engine/observe/watch.hpp"
#include "scenarios/engine/testing/fake_cluster.hpp"
#include "scenarios/engine/testing/virtual_clock.hpp"

namespace plimsoll::engine::observe {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

const std::string kDeployment = "/apis/apps/v1/namespaces/ns/deployments/target";

class PollersTest : public ::testing::Test {
 protected:
  PollersTest() {
    Watched watched;
    watched.run = "r";
    watched.in_namespace = "ns";
    watched.workload.name = "target";
    watched.hpas = {"target"};
    watched.deliveries = true;
    watched.rules = true;
    pollers_ = std::make_unique<Pollers>(cluster_, *recorder_, std::move(watched));
    set_replicas(1);
  }

  void set_replicas(int ready) {
    cluster_.objects[kDeployment] = {
        {"metadata", {{"name", "target"}}},
        {"spec", {{"replicas", 2}, {"selector", {{"matchLabels", {{"app", "target"}}}}}}},
        {"status", {{"readyReplicas", ready}}}};
  }

  template <typename Kind>
  std::vector<Kind> recorded() const {
    std::vector<Kind> found;
    for (const auto& one : recorder_->observations())
      if (const auto* kind = std::get_if<Kind>(&one.what)) found.push_back(*kind);
    return found;
  }

  // Every request whose target holds this text is answered so.
  void answer(const std::string& part, Result<kube::HttpResponse> with) {
    cluster_.intercept =
        [part, with = std::move(with)](
            const kube::HttpRequest& request) -> std::optional<Result<kube::HttpResponse>> {
      if (request.target.find(part) == std::string::npos) return std::nullopt;
      return with;
    };
  }

  testing::VirtualClock clock_;
  testing::FakeCluster cluster_{clock_};
  std::unique_ptr<Recorder> recorder_ = std::move(*Recorder::open("", clock_));
  task::CancellationToken cancellation_{clock_};
  console::Console console_{true, false};
  std::unique_ptr<Pollers> pollers_;
};

TEST_F(PollersTest, ATopicWithoutAnAnswerIsRecordedAndTheOthersArePolledAllTheSame) {
  answer("/pods", kube::HttpResponse{503, R"({"message": "busy"})"});
  const auto reason = clock_.run(pollers_->look_at_kubernetes());
  EXPECT_NE(reason.find("503: busy"), std::string::npos) << reason;
  const auto failed = recorded<log::PollFailed>();
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(failed[0].topic, "pods");
  std::set<std::string> answered;
  for (const auto& ok : recorded<log::PollOk>()) answered.insert(ok.topic);
  EXPECT_EQ(answered, (std::set<std::string>{"workload", "hpa", "events"}));
}

TEST_F(PollersTest, AConnectionThatFailsIsAFailedPollOfEveryTopic) {
  answer("", unavailable("GET: connection refused"));
  EXPECT_EQ(clock_.run(pollers_->look_at_kubernetes()), "GET: connection refused");
  EXPECT_EQ(recorded<log::PollFailed>().size(), 4U);
  EXPECT_TRUE(recorded<log::PollOk>().empty());
}

TEST_F(PollersTest, AnObjectIsRecordedWhenItChangedAndWhenItIsGone) {
  const auto poll = [this] { clock_.run(pollers_->look_at_kubernetes()); };
  poll();
  poll();
  set_replicas(2);
  poll();
  EXPECT_EQ(recorded<log::WorkloadObservation>().size(), 2U);
  EXPECT_EQ(recorded<log::WorkloadObservation>().back().ready, 2);
  cluster_.objects.erase(kDeployment);
  poll();
  poll();
  const auto absent = recorded<log::AbsentObservation>();
  ASSERT_EQ(absent.size(), 2U);  // the HPA never was
  EXPECT_EQ(absent.back().object, "deployment/target");
  EXPECT_EQ(recorded<log::PollOk>().size(), 5U);
}

TEST_F(PollersTest, PodsOfTheWorkloadAreKnownByItsSelector) {
  cluster_.set_pod("ns", "target-1", testing::FakeCluster::ready_status());
  cluster_.set_pod("ns", "load-1", testing::FakeCluster::ready_status(), "Job/load-peak");
  clock_.run(pollers_->look_at_kubernetes());
  const auto pods = recorded<log::PodObservation>();
  ASSERT_EQ(pods.size(), 2U);
  EXPECT_EQ(pods[0].workload, "");
  EXPECT_EQ(pods[0].owner, "job/load-peak");
  EXPECT_EQ(pods[1].workload, "deployment/target");
  EXPECT_EQ(recorded<log::PodsObservation>().back().names.size(), 2U);
}

TEST_F(PollersTest, AnAnswerOfPrometheusThatSaysErrorIsAFailedPoll) {
  answer("/api/v1/rules", kube::HttpResponse{200, R"({"status": "error", "error": "no"})"});
  EXPECT_NE(clock_.run(pollers_->look_at_rules()), "");
  EXPECT_EQ(recorded<log::PollFailed>().size(), 1U);
  EXPECT_TRUE(recorded<log::AlertsObservation>().empty());
}

TEST_F(PollersTest, AReceiverThatWasRestartedIsNotedBesideItsDeliveries) {
  ASSERT_TRUE(clock_.run(pollers_->start_deliveries_here()));
  cluster_.deliveries =
      R"({"seq":1,"instance":"another","receiver":"webhook","status":"firing","groupKey":"g",)"
      R"("alerts":[{"status":"firing","labels":{"namespace":"ns"}}]})"
      "\n";
  EXPECT_EQ(clock_.run(pollers_->look_at_deliveries()), "");
  EXPECT_EQ(recorded<log::NoteObservation>().size(), 1U);
  EXPECT_EQ(recorded<log::DeliveryObservation>().size(), 1U);
}

TEST_F(PollersTest, PollsKeepTheirIntervalAndAGapIsAsLongAsItWas) {
  PollScheduler scheduler{*pollers_, cancellation_, console_};
  scheduler.start();
  clock_.after(3500ms, [this] { answer("/pods", kube::HttpResponse{500, "{}"}); });
  clock_.after(6500ms, [this] { cluster_.intercept = {}; });
  clock_.run(task::pause(clock_, 9500ms));
  clock_.run(scheduler.stop());
  EXPECT_EQ(recorded<log::PollFailed>().size(), 3U);  // at 4, 5 and 6 s
  const auto ok = recorded<log::PollOk>();
  EXPECT_EQ(std::count_if(ok.begin(), ok.end(),
                          [](const auto& one) {
                            return one.source == log::Source::kKubernetes && one.topic.empty();
                          }),
            7);
}

TEST_F(PollersTest, PollsThatTookTooLongAreLeftOut) {
  cluster_.latency = 600ms;  // four requests: 2.4 s
  PollScheduler scheduler{*pollers_, cancellation_, console_};
  scheduler.start();
  clock_.run(task::pause(clock_, 9900ms));
  clock_.run(scheduler.stop());
  const auto began =
      std::count(cluster_.requests.begin(), cluster_.requests.end(), "GET " + kDeployment);
  EXPECT_EQ(began, 4);  // at 0, 3, 6 and 9 s
}

TEST_F(PollersTest, AWatchKnowsOnlyPollsSinceItBeganAndGetsTheNextAtOnce) {
  PollScheduler scheduler{*pollers_, cancellation_, console_};
  scheduler.start();
  clock_.run(task::pause(clock_, 1200ms));
  Watch watch{*recorder_, cancellation_, "pods"};
  EXPECT_FALSE(watch.polled());
  scheduler.poll_now();
  const auto until_polled = [this, &watch]() -> boost::asio::awaitable<void> {
    while (!watch.polled()) co_await watch.next(clock_.now() + 10s);
  };
  clock_.run(until_polled());
  EXPECT_EQ(*watch.polled(), "");
  EXPECT_DOUBLE_EQ(recorder_->now(), 1.2);
  clock_.run(scheduler.stop());
}

}  // namespace
}  // namespace plimsoll::engine::observe

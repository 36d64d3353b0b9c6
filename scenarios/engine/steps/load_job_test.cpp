#include "scenarios/engine/steps/load_job.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace plimsoll::engine::steps {
using namespace std::chrono_literals;
using nlohmann::json;

model::Load load() {
  model::Load load;
  load.service = "target";
  load.path = "/work?cpu=20ms";
  load.rate = units::Rate{12};
  load.connections = 8;
  load.duration = 2min;
  return load;
}

bool has(const std::vector<std::string>& arguments, const std::string& one) {
  return std::find(arguments.begin(), arguments.end(), one) != arguments.end();
}

TEST(LoadJobTest, TheStepBecomesLoadgensFlagsWithoutLosingPrecision) {
  auto step = load();
  step.stages = {{1500ms, units::Rate{0.5}}, {1s, units::Rate{2}, true, "peak"}};
  step.thresholds = {"p99<250ms"};
  step.flags = {{"connection-age", "5s"}};
  const auto arguments = loadgen_arguments(step, "ns");
  ASSERT_TRUE(arguments);
  for (const char* one :
       {"--rate=12", "--connections=8", "--duration=120000000000ns", "--stage=1500000000ns:0.5",
        "--stage=peak=1000000000ns:=2", "--threshold=p99<250ms", "--connection-age=5s", "--json=-"})
    EXPECT_TRUE(has(*arguments, one)) << one;
  EXPECT_EQ(arguments->back(), "http://target.ns.svc:80/work?cpu=20ms");
}

TEST(LoadJobTest, WorkersShareTheRateAndTheConnections) {
  auto step = load();
  step.workers = 4;
  const auto arguments = loadgen_arguments(step, "ns");
  ASSERT_TRUE(arguments);
  EXPECT_TRUE(has(*arguments, "--rate=3"));
  EXPECT_TRUE(has(*arguments, "--connections=2"));
  step.workers = 3;
  const auto uneven = loadgen_arguments(step, "ns");
  ASSERT_FALSE(uneven);
  EXPECT_EQ(uneven.error().category, ErrorCategory::kInvalidInput);
}

TEST(LoadJobTest, TheJobIsBoundedRestrictedAndOutsideAnySelectorOfTheTarget) {
  LoadJob job{"Big Load!", "r1", "ns", "registry.example/p", 210};
  const auto object = load_job(job, load(), {"--json=-"});
  EXPECT_EQ(object["metadata"]["name"], "load-big-load");
  EXPECT_EQ(object["spec"]["backoffLimit"], 0);
  EXPECT_EQ(object["spec"]["activeDeadlineSeconds"], 210);
  const auto& pod = object["spec"]["template"];
  EXPECT_FALSE(pod["metadata"]["labels"].contains("app"));
  EXPECT_EQ(pod["metadata"]["labels"]["plimsoll.dev/run"], "r1");
  EXPECT_EQ(pod["spec"]["restartPolicy"], "Never");
  const auto& container = pod["spec"]["containers"][0];
  EXPECT_EQ(container["image"], "registry.example/p/loadgen:dev");
  EXPECT_EQ(container["securityContext"]["runAsNonRoot"], true);
  EXPECT_EQ(container["securityContext"]["capabilities"]["drop"][0], "ALL");
  EXPECT_TRUE(container["resources"].contains("limits"));
}

TEST(LoadJobTest, ALoadLastsAsLongAsItsStagesAndItsWarmUp) {
  auto step = load();
  step.flags = {{"warmup", "10s"}};
  EXPECT_EQ(load_duration(step), 130s);
  step.duration.reset();
  step.stages = {{60s, {}}, {30s, {}}};
  EXPECT_EQ(load_duration(step), 100s);
}

TEST(LoadJobTest, TheResultIsFoundAmongOtherLines) {
  load_result::LoadResult load;
  load.totals.requests.completed = 7;
  const auto written = load_result::to_json(load);
  const auto result = written.dump();
  for (const std::string& log :
       {result, "note\n" + result + "\n", "{broken\n" + result + "\nafterwards }\n",
        written.dump(2) + "\nloadgen: done\n"}) {
    const auto found = result_in(log);
    ASSERT_TRUE(found) << log;
    EXPECT_EQ(found->totals.requests.completed, 7u);
  }
}

TEST(LoadJobTest, ALogWithoutAResultIsAnError) {
  for (const char* log :
       {"", "loadgen: cannot resolve target", "{\"schema\": \"plimsoll.load",
        "{\"schema\": \"other/v1\"}\n", "{\"schema\": \"plimsoll.loadgen/v1\"}\n"})
    EXPECT_FALSE(result_in(log)) << log;
}

}  // namespace plimsoll::engine::steps

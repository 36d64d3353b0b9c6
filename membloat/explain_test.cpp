#include "membloat/explain.hpp"

#include <gtest/gtest.h>

namespace plimsoll::membloat {
namespace {

constexpr std::uint64_t kMi = 1024 * 1024;

Surroundings container(int version) {
  Surroundings here;
  here.version = version;
  here.limit = std::optional{cgroup::MemoryLimit{{64 * kMi}, 0, "memory.max"}};
  here.stat = cgroup::MemoryStat{{10 * kMi}, {}, 0, 0, {kMi}};
  here.available = {8192 * kMi};
  return here;
}

Options percent(double value) {
  Options options;
  options.percent_of_limit = units::Percent{value};
  return options;
}

std::string explained(const Options& options, const Surroundings& here,
                      const std::string& dies = "") {
  Result<Arrangement> arrangement{boost::system::in_place_value};
  arrangement->dies = dies;
  return explain(options, here, plan(options, here), arrangement);
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(ExplainTest, ItTellsLimitUseAndSwap) {
  auto here = container(1);
  const auto text = explained(percent(90), here);
  EXPECT_TRUE(has(text, "version 1")) << text;
  EXPECT_TRUE(has(text, "64Mi (memory.max)")) << text;
  EXPECT_TRUE(has(text, "10Mi, of it 1Mi page cache")) << text;
  EXPECT_TRUE(has(text, "none: what does not fit is killed, not swapped")) << text;
  EXPECT_TRUE(has(text, "version 1 has no memory.oom.group")) << text;
  here.swap = {8 * kMi};
  EXPECT_TRUE(has(explained(percent(90), here), "8Mi more than the limit"));
}

TEST(ExplainTest, VersionTwoTellsOomGroupAndHigh) {
  auto here = container(2);
  EXPECT_TRUE(has(explained(percent(90), here), "not set: an OOM kill takes one process"));
  here.oom_group = true;
  here.high = units::Bytes{60 * kMi};
  const auto text = explained(percent(90), here);
  EXPECT_TRUE(has(text, "set: an OOM kill takes the whole container")) << text;
  EXPECT_TRUE(has(text, "60Mi: above it growth is slowed down")) << text;
  EXPECT_TRUE(has(text, "every process of the container")) << text;
}

TEST(ExplainTest, BelowTheLimitNobodyDies) {
  const auto text = explained(percent(90), container(1));
  EXPECT_TRUE(has(text, "nobody; if the service pushes the container over its limit")) << text;
  EXPECT_TRUE(has(text, "and holds it for 60.0s")) << text;
}

TEST(ExplainTest, PastTheLimitItTellsWhoDiesAndWhatIsSeen) {
  const auto text = explained(percent(120), container(1), "PID 1 (app)");
  EXPECT_TRUE(has(text, "PID 1 (app); restart +1, last state OOMKilled, exit code 137")) << text;
  auto self = percent(120);
  self.victim = Victim::kSelf;
  EXPECT_TRUE(has(explained(self, container(1), "only membloat"),
                  "only membloat; its caller sees exit code 137, restarts stay the same"));
}

TEST(ExplainTest, WithoutALimitItStopsWhileTheMachineHasSome) {
  Surroundings here;
  here.available = {1000 * kMi};
  Options options;
  options.bytes = units::Bytes{64 * kMi};
  const auto text = explained(options, here);
  EXPECT_TRUE(has(text, "none is set")) << text;
  EXPECT_TRUE(has(text, "it stops when the machine has 200Mi left")) << text;
}

TEST(ExplainTest, OfARefusedPlanThePlaceIsTold) {
  const auto options = percent(0);
  const auto here = container(1);
  const auto text = explain(options, here, plan(options, here), invalid_input("refused"));
  EXPECT_TRUE(has(text, "64Mi")) << text;
  EXPECT_FALSE(has(text, "who dies")) << text;
}

}  // namespace
}  // namespace plimsoll::membloat

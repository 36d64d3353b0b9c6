#include "scenarios/engine/judge_test.hpp"

namespace plimsoll::scenario {
namespace {

using namespace testing_judge;

const std::string kOut =
    "    - {id: out, hpa: {desiredReplicas: \">=3\"}, eventually: {after: load.start, by: 60s}}\n";
const std::string kIn =
    "    - {id: in, hpa: {desiredReplicas: \"==1\"}, between: {after: load.end, notBefore: 50s, "
    "by: "
    "90s}}\n";
const std::string kCeiling =
    "    - {id: ceiling, hpa: {desiredReplicas: \"<=5\"}, always: {from: start, to: end}}\n";
const std::string kOom =
    "    - {id: oom, container: {lastTerminated: {reason: OOMKilled}, restarts: \"+1\"}, "
    "eventually: {after: bloat.start, by: 60s}}\n";

TEST(Judge, eventually_passes_at_the_first_match_and_says_when) {
  Log log;
  log.hpa(1).at(10).start("load").at(30).hpa(2).at(40).hpa(4);
  const auto out = verdict(kOut, log, 40);
  EXPECT_EQ(out.verdict, Verdict::kPass);
  EXPECT_EQ(out.at, 40);
  EXPECT_EQ(out.earliest, 39);
  EXPECT_EQ(out.from, 10);
  EXPECT_EQ(out.to, 70);
  EXPECT_EQ(out.seen, "desiredReplicas 4 at 00:40");
}

TEST(Judge, eventually_is_pending_until_its_window_has_closed) {
  Log log;
  log.hpa(1).at(10).start("load").at(69).hpa(2);
  EXPECT_EQ(verdict(kOut, log, 69).verdict, Verdict::kPending);
  log.at(71);
  const auto out = verdict(kOut, log, 71);
  EXPECT_EQ(out.verdict, Verdict::kFail);
  EXPECT_EQ(to_line(out),
            "out: expected desiredReplicas >=3 within 60s after load.start; saw desiredReplicas 2 "
            "at 01:09");
}

}  // namespace
}  // namespace plimsoll::scenario

#include "reports/run/sample_runs.hpp"

#include <cmath>
#include <limits>

namespace plimsoll::reports::run {

Run passed_run() {
  Run run;
  run.scenario = "memory-oom-alert";
  run.file = "scenarios/memory-oom-alert.yaml";
  run.id = "memory-oom-alert-20260301-101500-7f2c";
  run.context = "disposable";
  run.namespace_name = "plimsoll-7f2c";
  run.started_at = "2026-03-01T10:15:00Z";
  run.duration_s = 251.3;
  run.exit = ExitCode::kPassed;
  run.steps = {
      {"ready", "wait", "kubectl -n plimsoll-7f2c rollout status deployment/target", 0.2, 8.4},
      {"bloat", "exec",
       "kubectl -n plimsoll-7f2c exec target-6c9f-x7x2p -c target -- membloat --percent-of-limit "
       "120",
       8.4, 12.9, true, 137, "the container was killed, as it should be"},
      {"settle", "sleep", "", 12.9, 192.9}};
  run.claims = {{"oom", Verdict::kPass, "restarts +1, last terminated: OOMKilled",
                 "within 60s after bloat.start", "restarts +1, OOMKilled, exit code 137 at 00:13",
                 "", 13.6, 8.4, 68.4},
                {"firing", Verdict::kPass, "alert ContainerOOMKilled firing",
                 "within 2m after oom.at", "firing since 10:15:48", "", 48.9, 13.6, 133.6},
                {"told", Verdict::kPass, "notification firing, at receiver webhook",
                 "within 60s after firing.at", "delivery 1, HTTP 200", "", 55.2, 48.9, 108.9},
                {"resolved", Verdict::kPass, "alert ContainerOOMKilled resolved",
                 "not before 10s and within 10m after firing.at", "absent, its rule healthy", "",
                 250.8, 58.9, 648.9}};
  run.series = {{"memory used",
                 "bytes",
                 false,
                 {{0, 8.4e6},
                  {5, 9.1e6},
                  {8, 9.2e6},
                  {9, 3.1e7},
                  {10, 6.2e7},
                  {11, 9.4e7},
                  {12, 1.28e8},
                  {13, std::nan("")},
                  {15, 7.9e6},
                  {20, 8.3e6},
                  {120, 8.9e6},
                  {251, 9.0e6}}},
                {"limit", "bytes", true, {{0, 134217728}}},
                {"restarts", "", true, {{0, 0}, {13.6, 1}}}};
  run.notes = {"OOM window is 2m here, 10m in production (overlay scenario)."};
  run.evidence = {"kubelet: last terminated OOMKilled, exit code 137, at 10:15:12",
                  "kube-state-metrics: "
                  "kube_pod_container_status_last_terminated_reason{reason=\"OOMKilled\"} 1",
                  "membloat's last line: 126 MiB of 153.6 MiB"};
  run.artefacts = {{"scenario.yaml", "the scenario as it ran"},
                   {"observations.jsonl", "observations, one JSON object a line"},
                   {"result.json", "this result, for machines"},
                   {"junit.xml", "this result, for CI"}};
  run.folder = "runs/memory-oom-alert-20260301-101500-7f2c";
  return run;
}

Run failed_run() {
  auto run = passed_run();
  run.scenario = "hpa-scale-out-in";
  run.file = "scenarios/hpa-scale-out-in.yaml";
  run.id = "hpa-scale-out-in-20260301-101500-7f2c";
  run.duration_s = 426;
  run.exit = ExitCode::kFailed;
  run.reasons = {"claim scaled-out failed: readyReplicas stayed at 3"};
  run.steps = {
      {"ready", "wait", "kubectl -n plimsoll-7f2c rollout status deployment/target", 0.1, 6},
      {"load", "load", "loadgen --rate 12/s -d 4m 'http://target/work?cpu=20ms'", 6, 247},
      {"silence", "silence", "", 20.1, 20.2, false, std::nullopt, "Alertmanager answered 503"},
      {"quiet", "sleep", "", 247, 426}};
  run.claims = {
      {"scaled-out", Verdict::kFail, "readyReplicas >=4", "within 3m after load.start",
       "readyReplicas 3", "one pod stayed Pending: 0/1 nodes available, insufficient cpu",
       std::nullopt, 6, 186},
      {"desired", Verdict::kPass, "desiredReplicas >=4", "within 2m after load.start",
       "desiredReplicas 4", "", 66.5, 6, 126},
      {"latency", Verdict::kInconclusive, "p99 <250ms of load", "from load.start to load.end",
       "p99 181ms", "the load generator was saturated: schedule lag p99 41ms", 247, 6, 247},
      {"scaled-in", Verdict::kPass, "readyReplicas 1", "within 5m after load.end",
       "readyReplicas 1", "", 401.2, 247, 547},
      {"told", Verdict::kSkipped, "notification firing", "within 60s after firing.at", "",
       "firing has no time: it did not hold"}};
  run.series = {{"replicas desired", "", true, {{0, 1}, {36, 2}, {51, 3}, {66.5, 4}, {370, 1}}},
                {"replicas ready", "", true, {{0, 1}, {42, 2}, {57, 3}, {401.2, 1}}},
                {"CPU, mean of pods", "ratio", false, {}},
                {"HPA target", "ratio", true, {{0, 0.7}}}};
  for (int t = 0; t <= 426; t += 15) {
    const double load = t < 6 || t > 250 ? 0.02 : t < 60 ? 2.2 - 0.02 * t : 0.8;
    run.series[2].points.emplace_back(t, load * (1 + 0.04 * std::sin(t)));
  }
  run.notes = {"Scale-down window is 60s here, 5m in production (overlay scenario)."};
  run.folder = "runs/hpa-scale-out-in-20260301-101500-7f2c";
  run.evidence = {"event FailedScheduling of pod/target-6c9f-q2wzv: 0/1 nodes are available"};
  return run;
}

Run empty_run() {
  Run run;
  run.scenario = "cpu-throttle-alert";
  run.file = "scenarios/cpu-throttle-alert.yaml";
  run.started_at = "2026-03-01T10:15:00Z";
  run.exit = ExitCode::kEnvironment;
  run.reasons = {"cannot reach the cluster of context kind: connection refused; is it running?"};
  return run;
}

Run hostile_run() {
  const std::string attack =
      "</script><img src=x onerror=alert(1)>]]>--><a b='c' d=\"e\">&amp; \x1b[31mred\x1b[0m\x07"
      "\nnext\r\nline\ttab \xFF\xC0\xAF \xC2\x9B"
      "31m \xE2\x80\xAE"
      "desrever \xEF\xBF\xBF \xED\xA0\x80";
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  Run run;
  run.scenario = run.file = run.id = run.context = run.namespace_name = run.started_at = attack;
  run.duration_s = nan;
  run.exit = ExitCode::kInternal;
  run.reasons = run.evidence = {attack, ""};
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
  run.notes = {every_byte, "\xEF\xBF\xBE\xF4\x8F\xBF\xBF\xC2\x85\xE2\x80\xA8"};
  run.steps = {{attack, attack, attack, infinity, -infinity, false, -1, attack},
               {"", "", "", 5, std::nullopt},
               {"late", "exec", "two\nlines", 1e300, 2e300}};
  run.claims = {{attack, Verdict::kFail, attack, attack, attack, attack, nan, infinity, -5},
                {attack, Verdict::kInconclusive, attack, attack, attack, attack, -3, 9, 2},
                {attack, Verdict::kSkipped, attack, attack, attack, attack},
                {"", Verdict::kPass, "", "", "", "", 2, 1, 3}};
  run.series = {{attack, attack, true, {{nan, 1}, {1, nan}, {2, infinity}, {3, 1e300}}},
                {"none", "bytes", false, {}},
                {"negative", "bytes", false, {{0, -5}, {1, 1e300}, {infinity, 3}}}};
  run.artefacts = {{"javascript:alert(1)", attack}, {"//elsewhere/" + attack, attack}};
  run.folder = attack;
  return run;
}

}  // namespace plimsoll::reports::run

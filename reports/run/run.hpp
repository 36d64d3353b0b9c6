// The result of one scenario run, as the reports need it: what was claimed, what was seen, what
// happened when. The runner fills it once, at the end; text, result.json, junit.xml and report.html
// are pure functions of it. Times: seconds since the start of the run. Texts: UTF-8 expected,
// anything survives. Thread-safety: values.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/exit_code/exit_code.hpp"
#include "core/verdict/verdict.hpp"

namespace plimsoll::reports::run {

using verdict::Verdict;

struct Claim {
  std::string id;
  Verdict verdict = Verdict::kInconclusive;  // never pending: the run is over
  std::string expected;                      // "restarts +1, last terminated OOMKilled"
  std::string window;                        // "within 60s after bloat.start"
  std::string seen;                          // "restarts +1, OOMKilled, exit 137"
  std::string reason;                        // why not pass; empty for pass
  std::optional<double> at{};                // when it was decided by what was seen
  std::optional<double> from{}, to{};        // the window, where its marks were set
};

struct Step {
  std::string name;
  std::string kind;     // wait, sleep, load, exec
  std::string command;  // what a user could type to get the same; empty where there is no such line
  std::optional<double> start{}, end{};
  bool ok = true;
  std::optional<int> exit_code{};  // of the process, where there is one
  std::string message{};
};

// A line of the chart. Where stepped, a value holds until the next point.
struct Series {
  std::string name;  // "replicas desired"
  std::string unit;  // "", "cores", "ratio"; series of one unit share a chart
  bool stepped = true;
  std::vector<std::pair<double, double>> points;  // (t, value), in order of t
};

struct Artefact {
  std::string file;  // relative to the run's folder
  std::string what;  // "observations, one JSON object a line"
};

struct Run {
  std::string scenario;  // metadata.name
  std::string file;      // the scenario file
  std::string id;
  std::string context;         // of the kubeconfig
  std::string namespace_name;  // the run's own
  std::string started_at;      // RFC 3339, UTC
  double duration_s = 0;
  ExitCode exit = ExitCode::kInternal;
  std::vector<std::string> reasons;  // why the exit code is not 0; one line each
  std::vector<Step> steps;           // in file order
  std::vector<Claim> claims;         // in file order
  std::vector<Series> series;
  std::vector<std::string> notes;     // windows that an overlay shortened, gaps in the data, ...
  std::vector<std::string> evidence;  // supporting facts, "kube-state-metrics: ..."
  std::vector<Artefact> artefacts;
  std::string folder;  // where the artefacts are, as the user named it; for the terminal only
};

}  // namespace plimsoll::reports::run

// What the runs of one call are to be, decided before anything is begun: scenario, run id,
// namespace, folder. Errors: Planned::problems, each with its place in a file; exit code 2 from
// choose_folders. Thread-safety: call from main.
#pragma once
#include <string>
#include <vector>

#include "core/result/result.hpp"
#include "core/text/problem.hpp"
#include "scenarios/engine/kube/kubectl.hpp"
#include "scenarios/engine/model/model.hpp"
#include "scenarios/engine/run/options.hpp"

namespace plimsoll::engine::run {

struct RunPlan {
  model::Scenario scenario;
  std::string run;    // the run id
  std::string title;  // the scenario's name, "NAME-2" for a second of that name in one call
  std::string in_namespace;
  std::string image_prefix;  // "docker.io/plimsoll"
  std::string out;           // its folder
  std::string context;       // of kubectl, for people
  kube::Kubectl kubectl;
};

struct Planned {
  std::vector<RunPlan> plans;
  std::vector<text::Problem> problems;  // nothing is run where there is one
};

// All scenarios of all files.
[[nodiscard]] Planned read_plans(const RunOptions& options);

// Where each run leaves its result. Error: the folder holds another run.
[[nodiscard]] Result<void> choose_folders(const RunOptions& options, std::vector<RunPlan>& plans);

}  // namespace plimsoll::engine::run

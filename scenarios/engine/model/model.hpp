// The scenario file as plain structs: what a reader of the YAML would say it means. parse.hpp
// fills it, validate.hpp has checked it, the runner and the judge read it. Shapes: "exactly one of"
// is a std::variant; defaults of the language are already filled in; ${...} is already replaced;
// paths are relative to the current folder or absolute. Units: core/units. Thread-safety: values.
// Source: docs/scenarios.md.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/units/units.hpp"
#include "scenarios/engine/model/claim.hpp"
#include "scenarios/engine/model/step.hpp"
#include "scenarios/engine/model/values.hpp"

namespace plimsoll::engine::model {

enum class WorkloadKind { kDeployment, kStatefulSet, kDaemonSet };
[[nodiscard]] const char* to_string(WorkloadKind kind) noexcept;  // "deployment"

struct Workload {
  WorkloadKind kind = WorkloadKind::kDeployment;
  std::string name;
};

struct Target {
  std::vector<std::string> manifests;  // files, folders or folders with a kustomization
  Workload workload;
  std::string container;  // empty: the pod's first container
  std::string hpa;        // empty: none
};

struct ServiceAddress {  // NAMESPACE/SERVICE:PORT
  std::string namespace_name;
  std::string service;
  std::uint16_t port = 0;
};

struct Monitoring {
  ServiceAddress prometheus{"monitoring", "prometheus", 9090};
  ServiceAddress alertmanager{"monitoring", "alertmanager", 9093};
  ServiceAddress receiver{"monitoring", "receiver", 8080};
};

struct Scenario {
  std::string file;
  std::string name;
  Labels labels;
  Labels params;  // after --set
  Target target;
  Monitoring monitoring;
  std::vector<std::string> rules;       // files
  std::vector<std::string> own_alerts;  // names of the alerts that those files define
  Duration timeout = std::chrono::minutes(15);
  std::vector<Step> steps;
  std::vector<Claim> claims;
  std::string resolved;  // the document after substitution, as JSON, for the run's folder
};

// nullptr where there is none.
[[nodiscard]] const Claim* find_claim(const Scenario& scenario, const std::string& id);
[[nodiscard]] const Step* find_step(const Scenario& scenario, const std::string& name);

// The expressions that the runner has to poll, each once, in file order.
[[nodiscard]] std::vector<std::string> promql_expressions(const Scenario& scenario);

}  // namespace plimsoll::engine::model

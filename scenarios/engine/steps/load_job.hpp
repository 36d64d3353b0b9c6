// A load step as a Job in the cluster, and its log as a result. Pure; step_load.cpp runs it.
// Errors: exit code 2 where the step cannot be split over its workers, 4 where a log holds no
// result. Thread-safety: pure functions.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/load_result/load_result.hpp"
#include "core/result/result.hpp"
#include "scenarios/engine/model/model.hpp"

namespace plimsoll::engine::steps {

inline constexpr const char* kLoadContainer = "loadgen";

// What loadgen is called with in each worker: rates and connections divided by the workers.
[[nodiscard]] Result<std::vector<std::string>> loadgen_arguments(const model::Load& load,
                                                                 const std::string& in_namespace);

struct LoadJob {
  std::string step;
  std::string run;
  std::string in_namespace;
  std::string image_prefix;
  // The Job is killed this long after its start, whatever happens.
  std::int64_t deadline_seconds = 0;
};
[[nodiscard]] std::string load_job_name(const std::string& step);
[[nodiscard]] nlohmann::json load_job(const LoadJob& job, const model::Load& load,
                                      const std::vector<std::string>& arguments);

// How long the load itself lasts: its duration or its stages, and a warm-up. Zero: not bounded by
// time.
[[nodiscard]] units::Duration load_duration(const model::Load& load);

// The result in a pod's log, where stdout and stderr are mixed.
[[nodiscard]] Result<load_result::LoadResult> result_in(const std::string& log);

}  // namespace plimsoll::engine::steps

// The observation log as the judge reads it: when things happened, and when the runner had an
// answer. Units: seconds since the start of the run. Errors: none. Thread-safety: const after
// construction; keeps a reference to the observations.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/engine/log/observation.hpp"

namespace plimsoll::engine::log {

// When a topic was answered, and how long it may go without an answer.
struct Coverage {
  std::vector<double> answered;  // ascending
  double longest_silence = 5;    // more than this is a gap
  std::string what;              // "the HPA", for messages
  std::vector<std::pair<double, std::string>> failures;
};

struct Gap {
  double from = 0, to = 0;
  std::string what;  // "no answer about the HPA from 00:10 to 00:40 (connection refused)"
};
// The first gap within [from, to]; nullopt where there is none.
[[nodiscard]] std::optional<Gap> first_gap(const Coverage& coverage, double from, double to);

struct StepTimes {
  std::optional<double> start, end;
  std::vector<std::string> pods;
};

class Timeline {
 public:
  Timeline(const Observations& observations, double now);

  [[nodiscard]] const Observations& observations() const noexcept { return observations_; }
  [[nodiscard]] double now() const noexcept { return now_; }
  [[nodiscard]] const RunObservation& run() const noexcept { return run_; }
  [[nodiscard]] std::optional<double> start() const noexcept { return start_; }
  [[nodiscard]] std::optional<double> end() const noexcept { return end_; }
  // Without times where it was not seen.
  [[nodiscard]] const StepTimes& step(const std::string& name) const;

  // Topics of Kubernetes ("hpa", "workload", "pods", "events") and "deliveries": answered by an
  // observation of their kind or by poll_ok.
  [[nodiscard]] Coverage coverage_of(const std::string& topic, std::string what) const;
  // A coverage with nothing answered yet, for topics that the caller judges answer by answer.
  [[nodiscard]] Coverage coverage_without_answers(Source source, const std::string& topic,
                                                  double interval, std::string what) const;

 private:
  const Observations& observations_;
  double now_;
  RunObservation run_;
  std::optional<double> start_, end_;
  std::map<std::string, StepTimes> steps_;
};

// "Three polls without an answer" on a busy machine: four intervals, at least 5 s.
[[nodiscard]] double longest_silence(double interval) noexcept;

}  // namespace plimsoll::engine::log

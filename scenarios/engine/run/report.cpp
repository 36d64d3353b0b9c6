#include "scenarios/engine/run/report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "core/text/label_set.hpp"
#include "core/text/shell.hpp"
#include "core/units/units.hpp"

namespace plimsoll::engine::run {
namespace {

// More lines than this in a chart cannot be told apart.
constexpr std::size_t kMostSeriesOfAQuery = 6;

reports::run::Claim to_reports(const judge::ClaimVerdict& claim) {
  reports::run::Claim row;
  row.id = claim.id;
  row.expected = claim.expected;
  row.window = claim.window;
  row.seen = claim.seen;
  row.verdict = claim.verdict;
  row.reason = claim.reason;
  if (claim.verdict == judge::Verdict::kPending) {
    row.verdict = judge::Verdict::kInconclusive;
    row.reason = "the run ended before it was decided";
  }
  row.at = claim.at;
  row.from = claim.from;
  row.to = claim.to;
  return row;
}

std::string exec_line(const model::Exec& exec, const std::string& in_namespace,
                      const std::string& pod) {
  const auto container = exec.container.empty() ? "" : fmt::format(" -c {}", exec.container);
  return fmt::format("kubectl -n {} exec {}{} -- {}", in_namespace, pod, container,
                     text::shell_line(exec.command));
}

std::vector<reports::run::Step> steps_of(const model::Scenario& scenario,
                                         const log::Observations& observations,
                                         const std::string& in_namespace) {
  std::vector<reports::run::Step> rows;
  for (const auto& step : scenario.steps) {
    reports::run::Step row;
    row.name = step.name;
    row.kind = model::kind_of(step);
    for (const auto& [t, at, what] : observations) {
      const auto* seen = std::get_if<log::StepObservation>(&what);
      if (seen == nullptr || seen->name != step.name) continue;
      if (seen->event == log::StepObservation::Event::kStart) {
        row.start = seen->happened.value_or(t);
        const auto* exec = std::get_if<model::Exec>(&step.what);
        if (exec != nullptr && !seen->pods.empty())
          row.command = exec_line(*exec, in_namespace, seen->pods.front());
      } else {
        row.end = seen->happened.value_or(t);
        row.ok = seen->ok;
        row.exit_code = seen->exit_code;
        row.message = seen->message;
      }
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

class SeriesMaker {
 public:
  void take(const log::Observation& observation) {
    const double t = observation.t;
    const auto& what = observation.what;
    if (const auto* hpa = std::get_if<log::HpaObservation>(&what)) {
      add("replicas desired by HPA " + hpa->name, "replicas", true, t, hpa->desired);
    } else if (const auto* workload = std::get_if<log::WorkloadObservation>(&what)) {
      add("replicas wanted of " + workload->name, "replicas", true, t, workload->replicas);
      add("replicas ready of " + workload->name, "replicas", true, t, workload->ready);
    } else if (const auto* promql = std::get_if<log::PromqlObservation>(&what)) {
      take_promql(*promql, t);
    }
  }

  // end: what is stepped holds until then.
  std::vector<reports::run::Series> all(double end) {
    std::vector<reports::run::Series> list;
    for (auto& series : series_) {
      if (series.stepped && series.points.back().first < end)
        series.points.emplace_back(end, series.points.back().second);
      list.push_back(std::move(series));
    }
    return list;
  }

 private:
  void take_promql(const log::PromqlObservation& promql, double t) {
    std::size_t count = 0;
    for (const auto& sample : promql.samples) {
      if (!std::isfinite(sample.value)) continue;
      if (++count > kMostSeriesOfAQuery) return;
      const auto labels = text::label_set(sample.labels);
      const auto name = labels.empty() ? promql.expr : promql.expr + " " + labels;
      // The unit of a query is not known, so each query gets a chart of its own.
      add(name, promql.expr, false, t, sample.value);
    }
  }

  void add(const std::string& name, const std::string& unit, bool stepped, double t, double value) {
    const auto [index, is_new] = index_.try_emplace(name, series_.size());
    if (is_new) series_.push_back({name, unit, stepped, {}});
    series_[index->second].points.emplace_back(t, value);
  }

  std::map<std::string, std::size_t> index_;
  std::vector<reports::run::Series> series_;
};

// Polls that failed in a row make one note.
class FailureNotes {
 public:
  void take(const log::Observation& observation) {
    if (const auto* failed = std::get_if<log::PollFailed>(&observation.what)) {
      auto& row = rows_[key(failed->source, failed->topic)];
      if (row.count++ == 0) row.from = observation.t;
      row.to = observation.t;
      row.message = failed->message;
    } else if (const auto* ok = std::get_if<log::PollOk>(&observation.what)) {
      end(key(ok->source, ok->topic));
    } else if (std::holds_alternative<log::AlertsObservation>(observation.what)) {
      end(key(log::Source::kPrometheus, "alerts"));
    } else if (const auto* promql = std::get_if<log::PromqlObservation>(&observation.what)) {
      end(key(log::Source::kPrometheus, promql->expr));
    }
  }
  std::vector<std::string> all() {
    while (!rows_.empty()) end(std::string(rows_.begin()->first));
    return std::move(notes_);
  }

 private:
  struct Row {
    int count = 0;
    double from = 0, to = 0;
    std::string message;
  };
  static std::string key(log::Source source, const std::string& topic) {
    return topic.empty() ? std::string(to_string(source))
                         : fmt::format("{} ({})", to_string(source), topic);
  }
  void end(const std::string& key) {
    const auto row = rows_.find(key);
    if (row == rows_.end()) return;
    notes_.push_back(fmt::format("{}: {} polls without an answer from {} to {}: {}", key,
                                 row->second.count, units::format_clock(row->second.from),
                                 units::format_clock(row->second.to), row->second.message));
    rows_.erase(row);
  }

  std::map<std::string, Row> rows_;
  std::vector<std::string> notes_;
};

std::string show(const log::EvidenceObservation& evidence, double t) {
  const auto where =
      evidence.pod.empty() ? "" : fmt::format(" ({}/{})", evidence.pod, evidence.container);
  return fmt::format("{} at {}{}: {}", evidence.source, units::format_clock(t), where,
                     evidence.message);
}

}  // namespace

reports::run::Run to_report(const model::Scenario& scenario, const log::Observations& observations,
                            const judge::Judgement& judgement) {
  reports::run::Run run;
  run.scenario = scenario.name;
  run.file = scenario.file;
  SeriesMaker series;
  FailureNotes failures;
  for (const auto& observation : observations) {
    const auto& what = observation.what;
    if (const auto* head = std::get_if<log::RunObservation>(&what)) {
      run.id = head->run;
      run.namespace_name = head->namespace_name;
      run.started_at = log::format_wall_time(observation.at);
    } else if (const auto* note = std::get_if<log::NoteObservation>(&what)) {
      run.notes.push_back(note->text);
    } else if (const auto* evidence = std::get_if<log::EvidenceObservation>(&what)) {
      run.evidence.push_back(show(*evidence, observation.t));
    }
    series.take(observation);
    failures.take(observation);
    run.duration_s = std::max(run.duration_s, observation.t);
  }
  for (auto& note : failures.all()) run.notes.push_back(std::move(note));
  run.series = series.all(run.duration_s);
  run.steps = steps_of(scenario, observations, run.namespace_name);
  for (const auto& claim : judgement.claims) run.claims.push_back(to_reports(claim));
  run.exit = judgement.exit_code();
  return run;
}

}  // namespace plimsoll::engine::run

#include "scenarios/engine/run/session.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "scenarios/engine/run/diagnostics.hpp"
#include "scenarios/engine/run/preflight.hpp"

namespace plimsoll::engine::run {
namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto kJudgeEvery = 500ms;
constexpr auto kRulesLimit = 90s;
constexpr auto kCleanupLimit = 120s;

// "hpa/target: text" for each manifest with annotation plimsoll.dev/note.
std::vector<std::string> manifest_notes(const kube::Manifests& manifests) {
  std::vector<std::string> notes;
  for (const auto& object : manifests) {
    const auto note = kube::text_at(object, "metadata", "annotations", "plimsoll.dev/note");
    if (note.empty()) continue;
    std::string title = kube::object_title(object);
    if (title.starts_with("horizontalpodautoscaler/")) title = "hpa" + title.substr(23);
    notes.push_back(title + ": " + note);
  }
  return notes;
}

}  // namespace

Session::Session(RunPlan plan, kube::ClusterApi& cluster, task::CancellationToken& cancellation,
                 console::Console& console)
    : plan_(std::move(plan)),
      cluster_(cluster),
      cancellation_(cancellation),
      console_(console),
      created_(cluster, cancellation.clock(), plan_.run, plan_.in_namespace),
      rules_(cluster, cancellation, plan_.scenario.monitoring.prometheus, plan_.run,
             plan_.in_namespace) {}

asio::awaitable<Result<void>> Session::check() {
  auto manifests = co_await load_manifests(cancellation_.executor(), plan_.kubectl,
                                           plan_.scenario.target.manifests);
  if (!manifests) co_return manifests.error();
  manifests_ = std::move(*manifests);
  auto rule_files = prometheus::load_rule_files(plan_.scenario.rules);
  if (!rule_files) co_return rule_files.error();
  rule_files_ = std::move(*rule_files);
  for (auto& object : manifests_) kube::claim_object(object, plan_.run, plan_.image_prefix);
  kube::sort_for_apply(manifests_);

  const std::string path = "/api/v1/namespaces/" + plan_.in_namespace;
  const auto there = co_await cluster_.exists(path);
  // Whatever is wrong here, preflight says it better.
  own_namespace_ = !there || !*there;
  co_return co_await preflight(
      cluster_, needs_of(plan_.scenario, manifests_, plan_.in_namespace, own_namespace_));
}

asio::awaitable<Result<RunOutcome>> Session::run() {
  auto& clock = cancellation_.clock();
  std::error_code ec;
  std::filesystem::create_directories(plan_.out, ec);
  if (ec) co_return unavailable(fmt::format("cannot make {}: {}", plan_.out, ec.message()));
  auto recorder = observe::Recorder::open(plan_.out + "/observations.jsonl", clock);
  if (!recorder) co_return recorder.error();
  recorder_ = std::move(*recorder);
  outcome_.exit = ExitCode::kPassed;
  outcome_.began = clock.wall_time();
  console_.set_clock([this] { return recorder_->now(); });

  recorder_->write(log::RunObservation{plan_.run, plan_.in_namespace, plan_.scenario.name});
  for (const auto& note : manifest_notes(manifests_)) recorder_->write(log::NoteObservation{note});
  for (const auto& note : rule_notes(rule_files_)) recorder_->write(log::NoteObservation{note});

  std::exception_ptr bug;
  try {
    co_await observe_and_judge();
  } catch (...) {
    bug = std::current_exception();
  }
  if (outcome_.judgement.exit_code() != ExitCode::kPassed || !outcome_.troubles.empty())
    co_await collect_diagnostics(&cluster_, plan_.in_namespace, plan_.out);
  co_await clean_up();
  if (bug) std::rethrow_exception(bug);

  outcome_.exit = graver(outcome_.exit, outcome_.judgement.exit_code());
  if (!recorder_->failure().empty()) trouble(unavailable(recorder_->failure()));
  if (cancellation_.cancelled()) outcome_.exit = graver(outcome_.exit, *cancellation_.reason());
  outcome_.seconds = recorder_->now();
  outcome_.observations = recorder_->observations();
  console_.set_clock({});
  co_return std::move(outcome_);
}

void Session::trouble(const Error& error) {
  if (cancellation_.cancelled()) return;
  outcome_.exit = graver(outcome_.exit, exit_code(error));
  outcome_.troubles.push_back(error.message);
  console_.say(error.message, console::Tone::kBad);
}

// From the first object made to the mark "end".
asio::awaitable<void> Session::observe_and_judge() {
  pollers_ = std::make_unique<observe::Pollers>(
      cluster_, *recorder_, observe::watched(plan_.scenario, plan_.run, plan_.in_namespace));
  scheduler_ = std::make_unique<observe::PollScheduler>(*pollers_, cancellation_, console_);
  LiveJudge judge{plan_.scenario, *recorder_, console_};
  const auto ready = co_await set_up();
  if (!ready) trouble(ready.error());
  scheduler_->start();
  recorder_->write(log::MarkObservation{"start"});
  if (ready && !cancellation_.cancelled()) co_await run_steps(&judge);
  co_await scheduler_->stop();
  recorder_->write(log::MarkObservation{"end"});
  judge.judge_now();
  outcome_.judgement = judge.judgement();
}

asio::awaitable<Result<void>> Session::set_up() {
  if (own_namespace_) {
    console_.say(fmt::format("namespace {}: creating", plan_.in_namespace));
    const auto created = co_await created_.create_namespace(plan_.scenario.name);
    if (!created) co_return created.error();
  }
  // Now, so that nothing that the run's own objects cause is taken for older than the run.
  static_cast<void>(co_await pollers_->look_at_kubernetes());
  const auto deliveries = co_await pollers_->start_deliveries_here();
  if (!deliveries) co_return deliveries.error();
  for (const auto& object : manifests_) {
    if (cancellation_.cancelled()) co_return Result<void>{};
    const auto applied = co_await created_.apply(object);
    if (!applied) co_return applied.error();
    console_.say(kube::object_title(object) + ": applied");
  }
  if (rule_files_.empty()) co_return Result<void>{};
  const auto installed = co_await rules_.install(rule_files_, kRulesLimit);
  if (!installed) co_return installed.error();
  console_.say(fmt::format("rules: Prometheus {} has them",
                           kube::to_string(plan_.scenario.monitoring.prometheus)));
  co_return Result<void>{};
}

// Until the steps are done and every claim is decided, or the run reaches its timeout.
asio::awaitable<void> Session::run_steps(LiveJudge* judge) {
  steps::StepContext context{plan_.scenario,
                             plan_.run,
                             plan_.in_namespace,
                             plan_.image_prefix,
                             plan_.out,
                             cluster_,
                             created_,
                             *recorder_,
                             [this] { scheduler_->poll_now(); },
                             console_};
  steps::Sequencer steps{std::move(context), cancellation_};
  task::TaskGroup tasks{cancellation_};
  bool done = false;
  const auto all = [&steps, &done]() -> asio::awaitable<void> {
    co_await steps.run();
    done = true;
  };
  tasks.start(all());
  const double limit = units::seconds(plan_.scenario.timeout);
  for (;;) {
    judge->judge_now();
    if (done && (steps.cut_short() || judge->judgement().decided_but_for_end())) break;
    if (recorder_->now() >= limit) {
      trouble(timed_out(fmt::format("the run reached its timeout of {}",
                                    units::format_duration(plan_.scenario.timeout))));
      steps.cancel(ExitCode::kAborted);
      break;
    }
    if (!co_await cancellation_.sleep(kJudgeEvery)) break;
  }
  co_await tasks.joined();
  outcome_.exit = graver(outcome_.exit, steps.outcome());
  const auto& troubles = steps.troubles();
  outcome_.troubles.insert(outcome_.troubles.end(), troubles.begin(), troubles.end());
}

asio::awaitable<void> Session::clean_up() {
  if (!created_.anything() && !rules_.installed()) co_return;
  console_.say("cleaning up");
  std::vector<std::string> left_rules;
  std::vector<std::string> left_objects;
  task::TaskGroup tasks{cancellation_};
  const auto rules = [&]() -> asio::awaitable<void> { left_rules = co_await rules_.remove(60s); };
  const auto objects = [&]() -> asio::awaitable<void> {
    left_objects = co_await created_.remove(kCleanupLimit);
  };
  tasks.start(rules());
  tasks.start(objects());
  co_await tasks.joined();
  outcome_.left = std::move(left_objects);
  outcome_.left.insert(outcome_.left.end(), left_rules.begin(), left_rules.end());
  if (outcome_.left.empty()) {
    console_.say("everything that this run made is gone");
    co_return;
  }
  outcome_.exit = graver(outcome_.exit, ExitCode::kCleanupIncomplete);
  for (const auto& left : outcome_.left) console_.insist("left behind: " + left);
  for (const auto& line : standing()) console_.insist(line);
}

std::vector<std::string> Session::standing() const {
  std::vector<std::string> lines;
  if (created_.anything())
    lines.push_back(fmt::format("left behind: what run {} made in namespace {}; to remove it: {}",
                                plan_.run, plan_.in_namespace, created_.cleanup_command()));
  if (rules_.installed())
    lines.push_back(fmt::format(
        "left behind: rules of run {} in ConfigMap {}/{}; to remove them delete its keys {}-*",
        plan_.run, plan_.scenario.monitoring.prometheus.namespace_name, prometheus::kRulesConfigMap,
        plan_.run));
  return lines;
}

}  // namespace plimsoll::engine::run

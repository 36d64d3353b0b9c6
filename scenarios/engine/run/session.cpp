#include "scenarios/engine/run/session.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "scenarios/engine/run/diagnostics.hpp"
#include "scenarios/engine/run/preflight.hpp"

namespace plimsoll::engine::run {
namespace asio = boost::asio;
using judge::Verdict;
using namespace std::chrono_literals;

namespace {

constexpr auto kJudgeEvery = 500ms;
constexpr auto kRulesLimit = 90s;
constexpr auto kCleanupLimit = 120s;

console::Tone tone_of(judge::Verdict verdict) {
  if (verdict == judge::Verdict::kPass) return console::Tone::kGood;
  return verdict == judge::Verdict::kFail ? console::Tone::kBad : console::Tone::kDoubtful;
}

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

Session::Session(RunPlan plan, kube::Kube& kube, task::CancellationToken& cancellation,
                 console::Console& console)
    : plan_(std::move(plan)),
      kube_(kube),
      cancellation_(cancellation),
      console_(console),
      created_(kube, cancellation.clock(), plan_.run, plan_.in_namespace),
      rules_(kube, cancellation, plan_.scenario.monitoring.prometheus, plan_.run,
             plan_.in_namespace),
      polling_(cancellation.clock()) {}

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
  const auto there = co_await kube_.exists(path);
  // Whatever is wrong here, preflight says it better.
  own_namespace_ = !there || !*there;
  co_return co_await preflight(
      kube_, needs_of(plan_.scenario, manifests_, plan_.in_namespace, own_namespace_));
}

asio::awaitable<Result<RunOutcome>> Session::run() {
  std::error_code ec;
  std::filesystem::create_directories(plan_.out, ec);
  if (ec) co_return unavailable(fmt::format("cannot make {}: {}", plan_.out, ec.message()));
  auto recorder = observe::Recorder::open(plan_.out + "/observations.jsonl");
  if (!recorder) co_return recorder.error();
  recorder_ = std::move(*recorder);
  outcome_.began = std::chrono::system_clock::now();
  console_.set_clock([this] { return recorder_->now(); });

  recorder_->write(log::RunObservation{plan_.run, plan_.in_namespace, plan_.scenario.name});
  for (const auto& note : manifest_notes(manifests_)) recorder_->write(log::NoteObservation{note});
  for (const auto& note : rule_notes(rule_files_)) recorder_->write(log::NoteObservation{note});

  co_await live();
  if (outcome_.judgement.exit_code() != ExitCode::kPassed || !outcome_.troubles.empty())
    co_await collect_diagnostics(&kube_, plan_.in_namespace, plan_.out);
  co_await clean_up();

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

// The part of a run that is looked at: from the first object made to the mark "end".
asio::awaitable<void> Session::live() {
  outcome_.exit = ExitCode::kPassed;
  pollers_ = std::make_unique<observe::Pollers>(
      kube_, *recorder_, observe::watched(plan_.scenario, plan_.run, plan_.in_namespace));
  task::TaskGroup polling{cancellation_};
  const auto ready = co_await set_up();
  if (!ready) trouble(ready.error());
  start_polling(polling);
  recorder_->write(log::MarkObservation{"start"});
  if (ready && !cancellation_.cancelled()) co_await run_steps();
  polling_.cancel(ExitCode::kPassed);
  co_await polling.joined();
  recorder_->write(log::MarkObservation{"end"});
  judge_now();
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

asio::awaitable<void> Session::run_steps() {
  steps::StepContext context{plan_.scenario,     plan_.kubectl, plan_.run, plan_.in_namespace,
                             plan_.image_prefix, plan_.out,     kube_,     created_,
                             *recorder_,         console_};
  steps_ = std::make_unique<steps::Steps>(std::move(context), cancellation_);
  task::TaskGroup tasks{cancellation_};
  const auto steps = [this]() -> asio::awaitable<void> {
    co_await steps_->run();
    steps_done_ = true;
  };
  tasks.start(steps());
  const double limit = units::seconds(plan_.scenario.timeout);
  for (;;) {
    judge_now();
    if (steps_done_ && (steps_->cut_short() || outcome_.judgement.decided_but_for_end())) break;
    if (recorder_->now() >= limit) {
      trouble(timed_out(fmt::format("the run reached its timeout of {}",
                                    units::format_duration(plan_.scenario.timeout))));
      steps_->cancel(ExitCode::kAborted);
      break;
    }
    if (!co_await cancellation_.sleep(kJudgeEvery)) break;
  }
  co_await tasks.joined();
  outcome_.exit = graver(outcome_.exit, steps_->outcome());
  const auto& troubles = steps_->troubles();
  outcome_.troubles.insert(outcome_.troubles.end(), troubles.begin(), troubles.end());
}

void Session::judge_now() {
  auto judgement = judge::judge(plan_.scenario, recorder_->observations(), recorder_->now());
  for (std::size_t i = 0; i < judgement.claims.size(); ++i) {
    const auto& claim = judgement.claims[i];
    const bool news = i >= outcome_.judgement.claims.size() ||
                      outcome_.judgement.claims[i].verdict != claim.verdict;
    if (news && claim.verdict != judge::Verdict::kPending)
      console_.say(fmt::format("{:12} {}", judge::to_string(claim.verdict), judge::to_line(claim)),
                   tone_of(claim.verdict));
  }
  outcome_.judgement = std::move(judgement);
}

void Session::start_polling(task::TaskGroup& tasks) {
  tasks.start(poll("Kubernetes", &observe::Pollers::look_at_kubernetes, 1s));
  tasks.start(poll("Prometheus", &observe::Pollers::look_at_rules, 2s));
  tasks.start(poll("Prometheus (PromQL)", &observe::Pollers::look_at_promql, 5s));
  tasks.start(poll("the receiver", &observe::Pollers::look_at_deliveries, 1s));
}

// Says when a source stops answering, and when it does again.
asio::awaitable<void> Session::poll(std::string what, Poll look, std::chrono::milliseconds every) {
  bool answering = true;
  for (auto next = std::chrono::steady_clock::now();;) {
    const std::string reason = co_await (pollers_.get()->*look)();
    if (reason.empty() != answering) {
      answering = reason.empty();
      console_.say(
          answering ? what + " answers again" : fmt::format("{} does not answer: {}", what, reason),
          answering ? console::Tone::kPlain : console::Tone::kDoubtful);
    }
    // Absolute times; looks that took too long are left out, not caught up with.
    const auto now = std::chrono::steady_clock::now();
    while (next <= now) next += every;
    if (!co_await polling_.sleep(next - now)) co_return;
  }
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

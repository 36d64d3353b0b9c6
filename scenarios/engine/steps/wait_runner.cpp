#include "scenarios/engine/steps/wait_runner.hpp"

#include <fmt/format.h>

#include <chrono>

#include "scenarios/engine/kube/kube_view.hpp"

namespace plimsoll::engine::steps {
namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr units::Duration kReadyBy = 2min;  // where the step has no `by`
constexpr units::Duration kHpaBy = 3min;

bool is_absent(const log::Observed& what, const std::string& object) {
  const auto* absent = std::get_if<log::AbsentObservation>(&what);
  return absent != nullptr && absent->object == object;
}

// Empty where the workload is ready, else why it is not.
std::string not_ready(const observe::Watch& watch, const std::string& name) {
  const auto* newest = watch.newest([&](const log::Observed& what) {
    const auto* workload = std::get_if<log::WorkloadObservation>(&what);
    return (workload != nullptr && workload->name == name) || is_absent(what, name);
  });
  const auto* workload =
      newest == nullptr ? nullptr : std::get_if<log::WorkloadObservation>(newest);
  if (workload == nullptr) return name + " does not exist";
  if (workload->rolled_out) return {};
  auto why =
      fmt::format("{} has {} of {} replicas ready", name, workload->ready, workload->replicas);
  for (const auto& [pod_name, pod] : watch.pods().present())
    if (pod.workload == name && !pod.trouble.empty()) return why + "; " + pod.trouble;
  return why;
}

// Empty where the HPA has the condition, else why not.
std::string condition_missing(const observe::Watch& watch, const std::string& name,
                              const model::Condition& wanted) {
  const auto* newest = watch.newest([&](const log::Observed& what) {
    const auto* hpa = std::get_if<log::HpaObservation>(&what);
    return (hpa != nullptr && hpa->name == name) || is_absent(what, "hpa/" + name);
  });
  const auto* hpa = newest == nullptr ? nullptr : std::get_if<log::HpaObservation>(newest);
  if (hpa == nullptr) return fmt::format("hpa/{} does not exist", name);
  for (const auto& condition : hpa->conditions) {
    if (condition.type != wanted.type) continue;
    if (condition.status == wanted.status) return {};
    return fmt::format("hpa/{}: {}={}, {}: {}", name, condition.type, condition.status,
                       condition.reason, condition.message);
  }
  return fmt::format("hpa/{} has no condition {} yet", name, wanted.type);
}

// Waits until why_not gives an empty text after a poll that was answered.
template <typename WhyNot>
asio::awaitable<StepEnd> wait_until_observed(ActiveStep* active, std::string topic,
                                             units::Duration otherwise, WhyNot why_not) {
  const auto limit = active->step.by.value_or(otherwise);
  const auto deadline = active->now() + limit;
  auto watch = active->watch(std::move(topic));
  active->context.poll_now();
  for (;;) {
    std::string why = "Kubernetes has not answered yet";
    if (watch.polled()) why = watch.polled()->empty() ? why_not(watch) : *watch.polled();
    if (why.empty()) co_return StepEnd{};
    if (active->now() >= deadline) co_return ActiveStep::late(limit, why);
    if (!co_await watch.next(deadline)) co_return active->interrupted();
  }
}

}  // namespace

asio::awaitable<StepEnd> WaitRunner::run() {
  active_.started();
  if (const auto* what = std::get_if<model::WaitHpa>(&wait_.what)) co_return co_await hpa(what);
  if (const auto* what = std::get_if<model::WaitStep>(&wait_.what))
    co_return co_await step_end(what);
  co_return co_await ready();
}

asio::awaitable<StepEnd> WaitRunner::ready() {
  const auto name = kube::workload_name(active_.context.scenario.target.workload);
  const auto why_not = [name](const observe::Watch& watch) { return not_ready(watch, name); };
  co_return co_await wait_until_observed(&active_, "workload", kReadyBy, why_not);
}

asio::awaitable<StepEnd> WaitRunner::hpa(const model::WaitHpa* what) {
  const auto& name = active_.context.scenario.target.hpa;
  const auto why_not = [&name, what](const observe::Watch& watch) {
    return condition_missing(watch, name, what->condition);
  };
  co_return co_await wait_until_observed(&active_, "hpa", kHpaBy, why_not);
}

asio::awaitable<StepEnd> WaitRunner::step_end(const model::WaitStep* what) {
  const auto limit = active_.step.by.value_or(active_.context.scenario.timeout);
  const auto deadline = active_.now() + limit;
  auto watch = active_.watch("");
  const auto is_end = [what](const log::Observed& one) {
    const auto* step = std::get_if<log::StepObservation>(&one);
    return step != nullptr && step->name == what->step &&
           step->event == log::StepObservation::Event::kEnd;
  };
  while (watch.newest(is_end) == nullptr) {
    if (active_.now() >= deadline)
      co_return ActiveStep::late(limit, fmt::format("step {} goes on", what->step));
    if (!co_await watch.next(deadline)) co_return active_.interrupted();
  }
  co_return StepEnd{};
}

}  // namespace plimsoll::engine::steps

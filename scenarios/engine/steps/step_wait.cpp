// The wait steps: until the workload is ready, the HPA has a condition, another step has ended.
#include <fmt/format.h>

#include <chrono>

#include "scenarios/engine/kube/kube_view.hpp"
#include "scenarios/engine/steps/steps.hpp"

namespace plimsoll::engine::steps {
namespace asio = boost::asio;
using nlohmann::json;
using namespace std::chrono_literals;

namespace {

constexpr auto kLookEvery = 500ms;
constexpr units::Duration kReadyBy = 2min;  // where the step has no `by`
constexpr units::Duration kHpaBy = 3min;

// The time that a step has left.
class Deadline {
 public:
  Deadline(const model::Step& step, units::Duration otherwise)
      : by_(step.by.value_or(otherwise)), at_(std::chrono::steady_clock::now() + by_) {}
  [[nodiscard]] bool passed() const { return std::chrono::steady_clock::now() >= at_; }
  [[nodiscard]] StepEnd missed(const std::string& what) const {
    return StepEnd::stop(ExitCode::kAborted,
                         fmt::format("not within {}: {}", units::format_duration(by_), what));
  }

 private:
  units::Duration by_;
  std::chrono::steady_clock::time_point at_;
};

std::string first_trouble(const json& pods) {
  for (const auto& pod : pods.value("items", json::array()))
    if (auto trouble = kube::trouble_of(pod); !trouble.empty()) return trouble;
  return {};
}

}  // namespace

asio::awaitable<StepEnd> Steps::wait(const model::Step* step, const model::Wait* wait) {
  if (const auto* what = std::get_if<model::WaitHpa>(&wait->what))
    co_return co_await wait_hpa(step, what);
  if (const auto* what = std::get_if<model::WaitStep>(&wait->what))
    co_return co_await wait_step(step, what);
  co_return co_await wait_ready(step);
}

asio::awaitable<StepEnd> Steps::wait_ready(const model::Step* step) {
  const auto& workload = context_.scenario.target.workload;
  const std::string path = fmt::format("/apis/apps/v1/namespaces/{}/{}/{}", context_.in_namespace,
                                       kube::workload_plural(workload.kind), workload.name);
  const Deadline deadline{*step, kReadyBy};
  std::string seen;
  for (;;) {
    const auto object = co_await context_.kube.get(path);
    if (object && kube::rolled_out(workload.kind, *object)) co_return StepEnd{};
    if (object) {
      const auto view = kube::view_workload(workload.kind, *object);
      seen = fmt::format("{} has {} of {} replicas ready", view.name, view.ready, view.replicas);
    } else {
      seen = object.error().message;
    }
    if (deadline.passed()) break;
    if (!co_await cancellation_.sleep(kLookEvery)) co_return interrupted();
  }
  const auto selector = co_await workload_selector();
  if (selector) {
    const auto pods = co_await context_.kube.get(
        fmt::format("/api/v1/namespaces/{}/pods?labelSelector={}", context_.in_namespace,
                    kube::percent_encode(*selector)));
    if (pods)
      if (const auto trouble = first_trouble(*pods); !trouble.empty()) seen += "; " + trouble;
  }
  co_return deadline.missed(seen);
}

asio::awaitable<StepEnd> Steps::wait_hpa(const model::Step* step, const model::WaitHpa* what) {
  const auto& name = context_.scenario.target.hpa;
  const std::string path =
      fmt::format("/apis/autoscaling/v2/namespaces/{}/horizontalpodautoscalers/{}",
                  context_.in_namespace, name);
  const Deadline deadline{*step, kHpaBy};
  std::string seen;
  for (;;) {
    const auto object = co_await context_.kube.get(path);
    seen = object ? fmt::format("hpa/{} has no condition {} yet", name, what->condition.type)
                  : object.error().message;
    if (object)
      for (const auto& condition : kube::view_hpa(*object).conditions) {
        if (condition.type != what->condition.type) continue;
        if (condition.status == what->condition.status) co_return StepEnd{};
        seen = fmt::format("hpa/{}: {}={}, {}: {}", name, condition.type, condition.status,
                           condition.reason, condition.message);
      }
    if (deadline.passed()) co_return deadline.missed(seen);
    if (!co_await cancellation_.sleep(kLookEvery)) co_return interrupted();
  }
}

asio::awaitable<StepEnd> Steps::wait_step(const model::Step* step, const model::WaitStep* what) {
  const Deadline deadline{*step, context_.scenario.timeout};
  while (!progress_[what->step].ended) {
    if (deadline.passed()) co_return deadline.missed(fmt::format("step {} goes on", what->step));
    if (!co_await cancellation_.sleep(kLookEvery)) co_return interrupted();
  }
  co_return StepEnd{};
}

}  // namespace plimsoll::engine::steps

// What a step waits on: the observations of its run, those to come included. Nothing is polled
// here, so what a step acted upon is in the log. Errors: none. Thread-safety: one executor.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "scenarios/engine/log/observation.hpp"
#include "scenarios/engine/log/pods.hpp"
#include "scenarios/engine/observe/recorder.hpp"
#include "scenarios/engine/task/cancellation_token.hpp"

namespace plimsoll::engine::observe {

class Watch {
 public:
  // topic: of the Kubernetes polls, "pods", "workload" or "hpa".
  Watch(Recorder& recorder, task::CancellationToken& cancellation, std::string topic);

  // What the last poll of the topic came to since this object began: nullopt where there was none
  // yet, an empty text where it was answered, else why it was not.
  [[nodiscard]] const std::optional<std::string>& polled() const noexcept { return polled_; }
  // The pods of the namespace as last observed.
  [[nodiscard]] const log::Pods& pods() const noexcept { return pods_; }
  // The newest observation that is one of those wanted; nullptr where there is none.
  template <typename Wanted>
  [[nodiscard]] const log::Observed* newest(Wanted wanted) const {
    const auto& all = recorder_.observations();
    for (auto one = all.rbegin(); one != all.rend(); ++one)
      if (wanted(one->what)) return &one->what;
    return nullptr;
  }

  // True when something was recorded, or at a time; false as soon as the run is cancelled.
  [[nodiscard]] boost::asio::awaitable<bool> next(task::Clock::TimePoint until);

 private:
  void read();

  Recorder& recorder_;
  task::CancellationToken& cancellation_;
  std::string topic_;
  log::Pods pods_{std::nullopt};
  std::optional<std::string> polled_;
  std::size_t read_ = 0;  // so many observations
};

}  // namespace plimsoll::engine::observe

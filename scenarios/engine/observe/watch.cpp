#include "scenarios/engine/observe/watch.hpp"

#include <utility>

namespace plimsoll::engine::observe {
namespace asio = boost::asio;

Watch::Watch(Recorder& recorder, task::CancellationToken& cancellation, std::string topic)
    : recorder_(recorder), cancellation_(cancellation), topic_(std::move(topic)) {
  read();
  polled_.reset();  // what was polled before says nothing about now
}

void Watch::read() {
  const auto of_topic = [this](const auto& poll) {
    return poll.source == log::Source::kKubernetes && (poll.topic.empty() || poll.topic == topic_);
  };
  const auto& all = recorder_.observations();
  for (; read_ < all.size(); ++read_) {
    const auto& one = all[read_];
    if (pods_.update(one)) continue;
    const auto* ok = std::get_if<log::PollOk>(&one.what);
    if (ok != nullptr && of_topic(*ok)) polled_ = "";
    const auto* failed = std::get_if<log::PollFailed>(&one.what);
    if (failed != nullptr && of_topic(*failed)) polled_ = failed->message;
  }
}

asio::awaitable<bool> Watch::next(task::Clock::TimePoint until) {
  const bool going_on = co_await cancellation_.wait(recorder_.written(), until);
  read();
  co_return going_on;
}

}  // namespace plimsoll::engine::observe

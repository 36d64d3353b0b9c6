#include "scenarios/engine/testing/virtual_clock.hpp"

#include <algorithm>
#include <stdexcept>

namespace plimsoll::engine::testing {
namespace asio = boost::asio;

VirtualClock::WallTime VirtualClock::wall_time() const {
  // 2026-08-21T10:00:00Z when the clock starts
  return WallTime{std::chrono::seconds{1787306400}} +
         std::chrono::duration_cast<WallTime::duration>(now_ - start_);
}

std::unique_ptr<task::Clock::Alarm> VirtualClock::at(TimePoint time, std::function<void()> due) {
  struct Entry : Alarm {
    Entry(std::shared_ptr<Alarms> all, Alarms::iterator entry)
        : alarms(std::move(all)), own(entry) {}
    ~Entry() override {
      if (!*called) alarms->erase(own);
    }
    std::shared_ptr<Alarms> alarms;
    Alarms::iterator own;
    std::shared_ptr<bool> called = std::make_shared<bool>(false);
  };
  const auto own = alarms_->emplace(time, nullptr);
  auto entry = std::make_unique<Entry>(alarms_, own);
  own->second = [due = std::move(due), called = entry->called] {
    *called = true;
    due();
  };
  return entry;
}

asio::any_io_executor VirtualClock::executor() const {
  return const_cast<asio::io_context&>(io_).get_executor();
}

void VirtualClock::after(std::chrono::nanoseconds duration, std::function<void()> due) {
  kept_.emplace(now_ + duration, at(now_ + duration, std::move(due)));
}

void VirtualClock::run(asio::awaitable<void> task) {
  bool done = false;
  std::exception_ptr failure;
  asio::co_spawn(io_, std::move(task), [&](std::exception_ptr error) {
    failure = std::move(error);
    done = true;
  });
  drive([&done] { return done; });
  if (failure) std::rethrow_exception(failure);
}

void VirtualClock::drive(const std::function<bool()>& done) {
  for (;;) {
    io_.restart();
    io_.poll();
    if (done()) return;
    const auto next = alarms_->begin();
    if (next == alarms_->end() || next->first > start_ + std::chrono::hours{24})
      throw std::logic_error("the task waits for something that does not come");
    now_ = std::max(now_, next->first);
    const auto due = std::move(next->second);
    alarms_->erase(next);
    due();
  }
}

}  // namespace plimsoll::engine::testing

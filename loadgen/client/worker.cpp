#include "loadgen/client/worker.hpp"

#include <algorithm>
#include <utility>

#include "core/machine/machine.hpp"
#include "core/units/units.hpp"

namespace plimsoll::loadgen::client {
namespace {

constexpr std::int64_t kTick = 100'000'000;  // how often the stop flag is looked at
constexpr std::int64_t kTicksPerReport = 10;
constexpr std::int64_t kLongestPreparation = 2'000'000'000;
constexpr std::int64_t kHiccup = 50'000'000;  // lateness that any busy machine has

}  // namespace

Worker::Worker(const plan::Plan& plan, std::uint64_t index, const std::atomic<bool>& stop,
               Network& network)
    : stop_(stop), loop_(network.loop()), alarm_(loop_), dispatcher_(plan, index, network, alarm_) {
  loop_.on_timer([this] { on_timer(); });
}

void Worker::prepare() {
  dispatcher_.open_all();
  const std::int64_t until = loop_.now() + kLongestPreparation;
  while (dispatcher_.is_opening() && !stop_.load(std::memory_order_relaxed) && loop_.now() < until)
    loop_.run_once(std::min(until, loop_.now() + kTick));
}

void Worker::run(std::int64_t start) {
  const double cpu_before = units::seconds(machine::thread_cpu());
  dispatcher_.start(start);
  next_tick_ = start + kTick;
  alarm_.clear();
  arm();
  loop_.run();
  dispatcher_.settle_leftovers();
  dispatcher_.report(ticks_ / kTicksPerReport);
  result_.cpu_seconds = units::seconds(machine::thread_cpu()) - cpu_before;
  result_.wall_seconds = static_cast<double>(loop_.now() - start) * 1e-9;
}

WorkerResult Worker::take_result() {
  result_.counted = dispatcher_.statistics().take_result();
  return std::move(result_);
}

void Worker::on_timer() {
  alarm_.clear();
  const std::int64_t now = dispatcher_.advance();
  if (now >= next_tick_) tick(now);
  if (stop_.load(std::memory_order_relaxed)) return loop_.stop();
  arm();
}

void Worker::tick(std::int64_t now) {
  if (now - next_tick_ > kHiccup)
    result_.stalled_seconds += static_cast<double>(now - next_tick_) * 1e-9;
  while (next_tick_ <= now) {
    next_tick_ += kTick;
    if (++ticks_ % kTicksPerReport == 0) dispatcher_.report(ticks_ / kTicksPerReport - 1);
  }
}

void Worker::arm() { alarm_.set_no_later_than(std::min(next_tick_, dispatcher_.next_event())); }

}  // namespace plimsoll::loadgen::client

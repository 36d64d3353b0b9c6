#include "loadgen/client/worker.hpp"

#include <time.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <utility>

#include "core/latency/v2.hpp"
#include "loadgen/http/http1_connection.hpp"

namespace plimsoll::loadgen::client {
namespace asio = boost::asio;
namespace {

constexpr std::int64_t kTick = 100'000'000;  // how often the stop flag is looked at
constexpr std::int64_t kTicksPerReport = 10;
constexpr std::int64_t kLongestPreparation = 2'000'000'000;
constexpr std::int64_t kHiccup = 50'000'000;  // lateness that any busy machine has
constexpr std::int64_t kNever = INT64_MAX;

std::uint64_t share(std::uint64_t total, std::uint64_t index, std::uint64_t parts) {
  return total / parts + (index < total % parts ? 1 : 0);
}

double thread_cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace

Worker::Worker(const plan::Plan& plan, std::uint64_t index, const std::atomic<bool>& stop)
    : plan_(plan),
      index_(index),
      stop_(stop),
      resolver_(loop_, plan.url.host),
      next_address_(index),
      random_(plan.options.seed + index),
      source_(plan.mix, plan.options.seed, index, plan.threads),
      quota_(plan.options.requests ? share(*plan.options.requests, index, plan.threads)
                                   : std::numeric_limits<std::uint64_t>::max()) {
  loop_.on_timer([this] { on_timer(); });
  boost::system::error_code error;
  const auto address = asio::ip::make_address(plan.url.host, error);
  if (!error) literal_ = address;
  if (!plan.options.unix_socket.empty()) literal_ = asio::ip::address_v4::loopback();
  result_.phases.resize(plan.phases.size());
  scratch_.headers.watched = plan.options.pod_header;
  if (plan.mix.named) result_.mix.resize(plan.mix.entries.size());
  make_slots();
}

std::int64_t Worker::clock() noexcept {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}

void Worker::prepare() {
  for (auto* slot : std::exchange(closed_, {})) open(*slot);
  const std::int64_t until = clock() + kLongestPreparation;
  while (opening_ > 0 && !stop_.load(std::memory_order_relaxed) && clock() < until)
    loop_.run_once(std::min(until, clock() + kTick));
}

void Worker::run(std::int64_t start) {
  const double cpu_before = thread_cpu_seconds();
  running_ = issuing_ = true;
  start_ = start;
  end_ = start + plan_.duration.count();
  next_tick_ = start + kTick;
  if (plan_.open_loop) {
    schedule::ArrivalOptions options;
    options.kind = plan_.options.arrivals;
    options.seed = plan_.options.seed;
    options.stride = plan_.threads;
    options.offset = index_;
    options.counted_from = plan_.options.warmup;
    if (plan_.options.requests) options.limit = *plan_.options.requests;
    arrivals_.emplace(plan_.profile, options);
    if (const auto next = arrivals_->next()) next_planned_ = start_ + *next;
  }
  armed_ = kNever;
  arm();
  if (!plan_.open_loop) start_closed_loop();
  loop_.run();
  settle_leftovers();
  report(ticks_ / kTicksPerReport);
  result_.cpu_seconds = thread_cpu_seconds() - cpu_before;
  result_.wall_seconds = static_cast<double>(clock() - start) * 1e-9;
}

void Worker::start_closed_loop() {
  std::uint64_t number = index_;
  for (auto& slot : slots_) {
    loop_.post([this, &slot, number] {
      if (slot.bound || slot.state == Slot::State::kOpening || slot.state == Slot::State::kParked)
        return;
      if (const auto& think = plan_.options.think)
        return rest_until(slot, start_ + think->at_start(plan_.options.seed, number));
      next_for(slot, slot.state == Slot::State::kIdle, clock());
    });
    number += plan_.threads;
  }
}

void Worker::make_slots() {
  const auto connections = share(plan_.connections, index_, plan_.threads);
  http::ConnectionEvents& events = *this;
  const auto add = [this] { return closed_.emplace_back(&slots_.emplace_back()); };
  for (std::uint64_t i = 0; i < connections; ++i) {
    if (plan_.options.http2) {
      auto& lane =
          lanes_.emplace_back(http::Http2Context{loop_, plan_.tls.get(), scratch_, events});
      for (std::uint64_t n = 0; n < plan_.options.streams; ++n) {
        auto* slot = add();
        slot->connection = std::make_unique<http::Http2Stream>(*slot, lane);
      }
    } else {
      auto* slot = add();
      const auto make = [&] {
        return std::make_unique<http::Http1Connection>(*slot, loop_, plan_.tls.get(), scratch_,
                                                       events);
      };
      slot->connection = make();
      if (plan_.options.connection_age || plan_.options.connection_requests) slot->spare = make();
    }
  }
}

WorkerResult Worker::take_result() { return std::move(result_); }

void Worker::arm_at(std::int64_t when) {
  if (when >= armed_) return;
  armed_ = when;
  loop_.set_timer(when);
}

void Worker::arm() {
  std::int64_t when = next_tick_;
  if (next_planned_) when = std::min(when, *next_planned_);
  if (!deadlines_.empty()) when = std::min(when, deadlines_.front().deadline);
  if (!resting_.empty()) when = std::min(when, resting_.begin()->rest_until);
  when = std::min(when, issuing_ ? end_ : drain_until_);
  arm_at(when);
}

void Worker::on_timer() {
  armed_ = kNever;
  std::int64_t now = clock();
  if (!running_) {
    expire(now);
    if (!deadlines_.empty()) arm_at(deadlines_.front().deadline);
    return;
  }
  pump(now);
  now = clock();
  expire(now);
  wake_resting(now);
  if (now >= next_tick_) tick(now);
  // A run by duration lasts that long even when its last arrival is earlier.
  const bool all_arrived = arrivals_ && !next_planned_ && plan_.options.requests;
  if (issuing_ && (all_arrived || (now >= end_ && !next_planned_))) end_issuing(now);
  if (!issuing_ && now >= drain_until_) give_up_queue();
  if (stop_.load(std::memory_order_relaxed)) {
    loop_.stop();
    return;
  }
  arm();
}

// Only what was due on entry: a schedule that cannot be kept up with must not keep the answers from
// being read.
void Worker::pump(std::int64_t now) {
  while (next_planned_ && *next_planned_ <= now) {
    const std::int64_t planned = *next_planned_;
    const auto next = arrivals_->next();
    next_planned_ = next ? std::optional(start_ + *next) : std::nullopt;
    pick_up(planned, clock());
  }
}

void Worker::expire(std::int64_t now) {
  while (!deadlines_.empty() && deadlines_.front().deadline <= now) {
    auto& slot = deadlines_.front();
    if (slot.state == Slot::State::kBusy) {
      slot.connection->close();
      on_failed(*slot.connection, {net::ErrorKind::kTimeout}, http::Lost::kResponse);
    } else {
      const auto kind =
          slot.leads && !slot.address ? net::ErrorKind::kDns : net::ErrorKind::kConnectTimeout;
      const net::Failure failure{kind, slot.connection->waits_for()};
      slot.connection->close();
      on_open_failed(*slot.connection, failure);
    }
  }
}

void Worker::wake_resting(std::int64_t now) {
  while (!resting_.empty() && resting_.begin()->rest_until <= now) {
    auto& slot = *resting_.begin();
    resting_.erase(resting_.begin());
    slot.state = slot.connection->is_open() ? Slot::State::kIdle : Slot::State::kClosed;
    if (slot.connection->is_open() && is_worn(slot, now) && renew(slot, true) == Renewal::kOpening)
      continue;
    next_for(slot, slot.connection->is_open(), clock());
  }
}

void Worker::tick(std::int64_t now) {
  if (now - next_tick_ > kHiccup)
    result_.stalled_seconds += static_cast<double>(now - next_tick_) * 1e-9;
  while (next_tick_ <= now) {
    next_tick_ += kTick;
    if (++ticks_ % kTicksPerReport == 0) report(ticks_ / kTicksPerReport - 1);
  }
}

void Worker::report(std::int64_t second) {
  stats::Counts total;
  for (const auto& phase : result_.phases) total.add(phase.counts);
  stats::Interval interval;
  interval.second = second;
  interval.counts.sent = total.sent - reported_.sent;
  interval.counts.completed = total.completed - reported_.completed;
  interval.counts.failed = total.failed - reported_.failed;
  interval.counts.server_errors = total.server_errors - reported_.server_errors;
  interval.in_flight = bound_;
  interval.queued = queue_.size();
  interval.latency = latency::encode_counts(interval_latency_);
  reported_ = total;
  interval_latency_.reset();
  outbox_.put(std::move(interval));
  if (snapshots_.wanted()) snapshots_.put(take_snapshot(result_.phases, bound_, queue_.size()));
}

void Worker::end_issuing(std::int64_t now) {
  issuing_ = false;
  drain_until_ = now + plan_.options.timeout.count();
  stop_if_drained();
}

void Worker::stop_if_drained() {
  if (!issuing_ && bound_ == 0 && queue_.empty()) loop_.stop();
}

// What still waits for a connection when the time for that is over will never be sent. What is in
// flight has a time-out of its own.
void Worker::give_up_queue() {
  drain_until_ = kNever;
  for (const auto& request : queue_)
    for_each_record(request, [dropped = request.counted ? 0u : 1u](stats::PhaseStatistics& record) {
      record.counts.dropped += dropped;
    });
  queue_.clear();
  stop_if_drained();
}

// What was never sent is dropped; what was sent and has no end stays unfinished.
void Worker::settle_leftovers() {
  give_up_queue();
  for (auto& slot : slots_) {
    if (!slot.bound) continue;
    const bool dropped = !slot.request.counted;
    count_bytes(slot);
    for_each_record(slot.request, [dropped](stats::PhaseStatistics& record) {
      record.counts.dropped += dropped ? 1 : 0;
    });
  }
}

}  // namespace plimsoll::loadgen::client

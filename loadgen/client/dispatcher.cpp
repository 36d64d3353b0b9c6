// Requests: due, bound to a connection, sent, ended.
#include "loadgen/client/dispatcher.hpp"

#include <algorithm>
#include <utility>

namespace plimsoll::loadgen::client {
namespace {

constexpr unsigned kMostRefusals = 3;

std::vector<bool> warmups(const plan::Plan& plan) {
  std::vector<bool> warmup;
  for (const auto& phase : plan.phases) warmup.push_back(phase.warmup);
  return warmup;
}

}  // namespace

Dispatcher::Dispatcher(const plan::Plan& plan, std::uint64_t index, Network& network, Alarm& alarm)
    : plan_(plan),
      index_(index),
      timeout_(plan.options.timeout.count()),
      loop_(network.loop()),
      alarm_(alarm),
      stats_(warmups(plan), plan.mix.named ? plan.mix.entries.size() : 0),
      sequencer_(plan, index),
      dialer_(plan, index, network, *this),
      recycler_(plan.options, plan.options.seed + index, dialer_, stats_.connections()) {
  make_slots(share(plan.connections, index, plan.threads), network);
}

void Dispatcher::start(std::int64_t start) {
  sequencer_.start(start);
  if (plan_.open_loop) return;
  std::uint64_t number = index_;
  for (auto& slot : pool_.slots()) {
    loop_.post([this, &slot, number] {
      const auto state = slot.state();
      if (state != RequestSlot::State::kIdle && state != RequestSlot::State::kClosed) return;
      if (plan_.options.think)
        return rest_until(slot, sequencer_.start_time() + sequencer_.pause_at_start(number));
      pool_.hold(slot);
      next_for(slot, state == RequestSlot::State::kIdle, loop_.now());
    });
    number += plan_.threads;
  }
}

std::int64_t Dispatcher::next_event() const noexcept {
  return std::min(sequencer_.next_event(), pool_.next_event());
}

std::int64_t Dispatcher::advance() {
  if (sequencer_.started()) take_arrivals(loop_.now());
  const std::int64_t now = loop_.now();
  expire(now);
  if (!sequencer_.started()) return now;
  wake_rested(now);
  sequencer_.advance(now);
  if (sequencer_.drain_is_over(now)) drop_pending();
  stop_if_finished();
  return now;
}

// Only what was due on entry: a schedule that cannot be kept up with must not keep the answers from
// being read.
void Dispatcher::take_arrivals(std::int64_t now) {
  while (sequencer_.arrival_is_due(now)) dispatch(sequencer_.take_arrival(), loop_.now());
}

void Dispatcher::dispatch(const PlannedRequest& request, std::int64_t now) {
  stats_.scheduled(request.key(), now - request.planned);
  if (auto* idle = pool_.take_idle()) {
    give(*idle, request, now);
  } else if (auto* closed = pool_.take_closed()) {
    pool_.bind(*closed, request);
    open(*closed);
  } else if (!sequencer_.add_pending(request)) {
    stats_.dropped(request.key());
  }
}

void Dispatcher::give(RequestSlot& slot, const PlannedRequest& request, std::int64_t now) {
  pool_.bind(slot, request);
  const auto outcome =
      recycler_.is_due(slot, now) ? recycle(slot, true, now) : Recycler::Outcome::kUsable;
  if (outcome == Recycler::Outcome::kUsable) return send(slot, now);
  if (outcome == Recycler::Outcome::kClosed) open(slot);
}

void Dispatcher::send(RequestSlot& slot, std::int64_t now) {
  pool_.set_busy(slot, now + timeout_);
  alarm_.set_no_later_than(slot.until());
  slot.sent = now;
  auto& request = slot.request();
  if (!request.counted_as_sent) count_sent(request, now);
  const bool last = recycler_.is_used_up(++slot.connection->life().issued);
  if (last && sequencer_.issuing()) recycler_.start_replacement(slot, now);
  slot.connection->send(sequencer_.source().render(request.choice, last, slot.rendered));
}

void Dispatcher::count_sent(PlannedRequest& request, std::int64_t now) {
  request.counted_as_sent = true;
  stats_.sent(request.key(), now - request.planned);
}

void Dispatcher::count_bytes(RequestSlot& slot) {
  const auto sent = slot.connection->take_bytes_sent();
  stats_.transferred(slot.request().key(), sent, slot.connection->take_bytes_received());
}

void Dispatcher::on_response(http::Connection& connection, unsigned status, bool reusable) {
  auto& slot = slot_of(connection);
  const std::int64_t now = loop_.now();
  const auto& request = slot.request();
  stats_.completed(request.key(),
                   {status, now - request.planned, now - slot.sent, now - sequencer_.start_time()});
  count_bytes(slot);
  auto& life = slot.connection->life();
  ++life.endpoint->requests;
  if (!plan_.options.pod_header.empty()) stats_.pods().add(connection.watched_header());
  ++life.served;
  slot.backoff = 0;
  pool_.hold(slot);
  pool_.unbind(slot);
  // The last answer of its share may have closed it.
  if ((reusable || slot.replacement.connection) && recycler_.is_due(slot, now)) {
    const auto outcome = recycle(slot, reusable, now);
    if (outcome == Recycler::Outcome::kOpening) return stop_if_finished();
    reusable = outcome == Recycler::Outcome::kUsable;
  }
  after_end(slot, reusable, now);
}

void Dispatcher::on_failed(http::Connection& connection, const net::Failure& failure,
                           http::Lost lost) {
  auto& slot = slot_of(connection);
  pool_.hold(slot);
  count_bytes(slot);
  auto& request = slot.request();
  const bool fresh = slot.connection->life().served == 0;
  const bool stale = lost == http::Lost::kSilent && !fresh &&
                     sequencer_.source().request(request.choice).idempotent;
  // Whatever the method, since the server has not looked at it; but not for ever.
  const bool refused = lost == http::Lost::kRefused && request.refusals < kMostRefusals;
  if (stale || refused) {
    request.refusals += refused ? 1u : 0u;
    stats_.retried(request.key());
    return open(slot);
  }
  const std::int64_t now = loop_.now();
  fail(slot, failure, now);
  // A connection that never answered is not opened again at once, which would flood the server.
  if (fresh && !plan_.open_loop && !slot.connection->can_join()) return back_off(slot);
  after_end(slot, false, now);
}

void Dispatcher::fail(RequestSlot& slot, const net::Failure& failure, std::int64_t now) {
  auto& request = slot.request();
  if (!request.counted_as_sent) count_sent(request, now);
  stats_.failed(request.key(), failure, now - request.planned);
  pool_.unbind(slot);
}

// A request has ended: the slot thinks first, if it is to.
void Dispatcher::after_end(RequestSlot& slot, bool reusable, std::int64_t now) {
  if (!plan_.options.think || !sequencer_.issuing()) return next_for(slot, reusable, now);
  if (!reusable && slot.connection->is_open()) slot.connection->close();
  rest_until(slot, now + sequencer_.pause_after(slot.request()));
}

// The slot has nothing to do: gives it the next request, or lets it idle, reopen or close.
void Dispatcher::next_for(RequestSlot& slot, bool reusable, std::int64_t now) {
  if (!reusable && slot.connection->is_open()) slot.connection->close();
  if (bind_next(slot, now)) return reusable ? send(slot, now) : open(slot);
  if (reusable)
    pool_.set_idle(slot);
  else
    close_or_reopen(slot);
  stop_if_finished();
}

bool Dispatcher::bind_next(RequestSlot& slot, std::int64_t now) {
  if (sequencer_.has_pending()) {
    pool_.bind(slot, sequencer_.take_pending());
    return true;
  }
  if (plan_.open_loop) return false;
  const auto request = sequencer_.next_in_closed_loop(now, std::exchange(slot.due, 0));
  if (!request) return false;
  stats_.scheduled(request->key(), now - request->planned);
  pool_.bind(slot, *request);
  return true;
}

void Dispatcher::stop_if_finished() {
  if (sequencer_.finished() && pool_.bound() == 0) loop_.stop();
}

// What still has no connection when the time for that is over. What is in flight has a time-out of
// its own.
void Dispatcher::drop_pending() {
  for (const auto& request : sequencer_.give_up_pending())
    if (!request.counted_as_sent) stats_.dropped(request.key());
}

void Dispatcher::settle_leftovers() {
  drop_pending();
  for (auto& slot : pool_.slots()) {
    if (!slot.bound()) continue;
    count_bytes(slot);
    if (!slot.request().counted_as_sent) stats_.dropped(slot.request().key());
  }
}

}  // namespace plimsoll::loadgen::client

// Connections: opened, recycled, resting, lost.
#include <algorithm>

#include "loadgen/client/dispatcher.hpp"

namespace plimsoll::loadgen::client {
namespace {

using State = RequestSlot::State;

constexpr std::int64_t kShortestBackoff = 10'000'000;
constexpr std::int64_t kLongestBackoff = 1'000'000'000;

}  // namespace

void Dispatcher::make_slots(std::uint64_t count, Network& network) {
  if (plan_.options.http2) count *= plan_.options.streams;
  for (std::uint64_t i = 0; i < count; ++i) {
    auto& slot = pool_.add();
    slot.connection = network.make_connection(slot, *this);
    if (recycler_.recycles() && !plan_.options.http2)
      slot.replacement.connection = network.make_connection(slot, *this);
  }
}

void Dispatcher::open_all() {
  for (auto& slot : pool_.slots()) open(slot);
}

void Dispatcher::open(RequestSlot& slot) {
  recycler_.drop_replacement(slot);
  slot.leads = false;
  const auto join = slot.connection->join();
  if (join == http::Connection::Join::kFull) return wait_for_room(slot);
  if (join == http::Connection::Join::kNothing) return go_on_open(slot);
  wait_for_opening(slot);
  if (join == http::Connection::Join::kWait) return;
  slot.leads = true;
  slot.connection->life() = {};
  dialer_.start(slot.dial, *slot.connection);
}

void Dispatcher::wait_for_opening(RequestSlot& slot) {
  pool_.set_opening(slot, loop_.now() + timeout_);
  alarm_.set_no_later_than(slot.until());
}

void Dispatcher::on_open(http::Connection& connection) {
  auto& slot = slot_of(connection);
  if (&connection == slot.replacement.connection.get()) {
    count_opened(slot, connection);
    return recycler_.replacement_opened(slot);
  }
  pool_.hold(slot);
  if (slot.leads) count_opened(slot, connection);
  go_on_open(slot);
}

void Dispatcher::count_opened(RequestSlot& slot, http::Connection& connection) {
  ++stats_.connections().opened;
  dialer_.succeeded(slot.dial);
  dialer_.end(slot.dial);
  auto& life = connection.life();
  life = {};
  life.endpoint = &stats_.endpoint(dialer_.endpoint_name(slot.dial));
  ++life.endpoint->connections;
  recycler_.opened(life, loop_.now());
}

void Dispatcher::go_on_open(RequestSlot& slot) {
  const std::int64_t now = loop_.now();
  if (slot.bound()) return send(slot, now);
  if (!sequencer_.started()) return pool_.set_idle(slot);
  next_for(slot, true, now);
}

// The request goes to another slot, or waits before all others.
void Dispatcher::wait_for_room(RequestSlot& slot) {
  pool_.set_no_room(slot);
  if (!slot.bound()) return;
  const auto request = slot.request();
  pool_.unbind(slot);
  if (auto* idle = pool_.take_idle()) return give(*idle, request, loop_.now());
  sequencer_.put_back(request);
}

void Dispatcher::on_full(http::Connection& connection) { wait_for_room(slot_of(connection)); }

void Dispatcher::on_room(http::Connection& connection) {
  auto& slot = slot_of(connection);
  if (!sequencer_.started()) return open(slot);
  pool_.hold(slot);
  next_for(slot, false, loop_.now());
}

void Dispatcher::on_open_failed(http::Connection& connection, const net::Failure& failure) {
  auto& slot = slot_of(connection);
  const std::int64_t now = loop_.now();
  if (&connection == slot.replacement.connection.get())
    return recycler_.replacement_failed(slot, now);
  if (slot.leads && dialer_.try_other_family(slot.dial, connection, failure)) return;
  pool_.hold(slot);
  dialer_.end(slot.dial);
  if (slot.leads) ++stats_.connections().failed;
  if (slot.bound()) fail(slot, failure, now);
  slot.connection->life() = {};
  slot.connection->give_up(failure);
  if (!sequencer_.started()) return close(slot);
  if (!plan_.open_loop) return back_off(slot);
  next_for(slot, false, now);
}

void Dispatcher::on_idle_closed(http::Connection& connection, http::IdleClose how) {
  auto& slot = slot_of(connection);
  if (&connection == slot.replacement.connection.get()) return recycler_.drop_replacement(slot);
  if (how == http::IdleClose::kByPeer) ++stats_.connections().closed_by_peer;
  if (how == http::IdleClose::kUnasked) ++stats_.connections().unasked;
  if (slot.state() != State::kResting) close_or_reopen(slot);  // else when its rest is over
}

void Dispatcher::close(RequestSlot& slot) {
  pool_.hold(slot);
  recycler_.drop_replacement(slot);
  slot.connection->close();
  pool_.set_closed(slot);
}

// A connection that was kept for several requests is opened again at once, so that the number of
// connections stays what was asked for; one that ends after each request, or unused, on demand.
void Dispatcher::close_or_reopen(RequestSlot& slot) {
  if (plan_.open_loop && sequencer_.issuing() && slot.connection->life().served >= 2)
    open(slot);
  else
    close(slot);
}

void Dispatcher::back_off(RequestSlot& slot) {
  if (!sequencer_.issuing()) {
    close(slot);
    return stop_if_finished();
  }
  slot.backoff = std::clamp(slot.backoff * 2, kShortestBackoff, kLongestBackoff);
  std::int64_t pause = slot.backoff;
  if (plan_.options.think) pause = std::max(pause, sequencer_.pause_after(slot.request()));
  rest_until(slot, loop_.now() + pause);
  slot.due = 0;
}

void Dispatcher::rest_until(RequestSlot& slot, std::int64_t when) {
  pool_.set_resting(slot, when);
  slot.due = when;
  alarm_.set_no_later_than(when);
}

void Dispatcher::expire(std::int64_t now) {
  while (auto* slot = pool_.expired(now)) {
    auto& connection = *slot->connection;
    if (slot->state() == State::kBusy) {
      connection.close();
      on_failed(connection, {net::ErrorKind::kTimeout}, http::Lost::kResponse);
    } else {
      const bool no_address = slot->leads && !slot->dial.address;
      const auto kind = no_address ? net::ErrorKind::kDns : net::ErrorKind::kConnectTimeout;
      const net::Failure failure{kind, connection.waits_for()};
      connection.close();
      on_open_failed(connection, failure);
    }
  }
}

void Dispatcher::wake_rested(std::int64_t now) {
  while (auto* slot = pool_.take_rested(now)) {
    if (slot->connection->is_open() && recycler_.is_due(*slot, now) &&
        recycle(*slot, true, now) == Recycler::Outcome::kOpening)
      continue;
    next_for(*slot, slot->connection->is_open(), loop_.now());
  }
}

Recycler::Outcome Dispatcher::recycle(RequestSlot& slot, bool reusable, std::int64_t now) {
  const auto outcome = recycler_.recycle(slot, reusable, now, sequencer_.issuing());
  if (outcome == Recycler::Outcome::kOpening) {
    slot.leads = true;
    wait_for_opening(slot);
  }
  return outcome;
}

}  // namespace plimsoll::loadgen::client

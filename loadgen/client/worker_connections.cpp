// The connections of a Worker: opening them, spreading them over addresses, losing them.
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include "loadgen/client/worker.hpp"

namespace plimsoll::loadgen::client {
namespace {

constexpr std::int64_t kShortestRest = 10'000'000;
constexpr std::int64_t kLongestRest = 1'000'000'000;

}  // namespace

void Worker::open(Slot& slot) {
  drop_replacement(slot);
  slot.state = Slot::State::kOpening;
  slot.fell_back = slot.leads = false;
  const auto join = slot.connection->join();
  if (join == http::Connection::Join::kFull) return park(slot);
  if (join == http::Connection::Join::kNothing) return go_on_open(slot);
  ++opening_;
  set_deadline(slot, clock());
  if (join == http::Connection::Join::kWait) return;
  slot.leads = true;
  slot.address.reset();
  slot.connection->life() = {};
  if (literal_) {
    slot.address = *literal_;
    return connect(slot, *slot.connection);
  }
  resolver_.resolve(
      [this, &slot, opening = ++slot.opening](const net::Resolver::Addresses& addresses) {
        if (slot.state != Slot::State::kOpening || opening != slot.opening) return;
        if (addresses.empty()) return on_open_failed(*slot.connection, {net::ErrorKind::kDns});
        choose_address(slot, addresses);
        connect(slot, *slot.connection);
      });
}

// Addresses of one family in turn; the other family only when this one has no address or, once,
// when it could not be reached (a name like localhost often has two, and one listens).
void Worker::choose_address(Slot& slot, const net::Resolver::Addresses& addresses) {
  const bool want_v6 = prefer_v6_ != slot.fell_back;
  const auto matching = static_cast<std::uint64_t>(
      std::count_if(addresses.begin(), addresses.end(),
                    [want_v6](const auto& address) { return address.is_v6() == want_v6; }));
  std::uint64_t skip = next_address_++ % (matching > 0 ? matching : addresses.size());
  for (const auto& address : addresses) {
    if (matching > 0 && address.is_v6() != want_v6) continue;
    if (skip-- > 0) continue;
    slot.address = address;
    return;
  }
}

void Worker::connect(Slot& slot, http::Connection& connection) {
  if (const auto& path = plan_.options.unix_socket; !path.empty())
    connection.open(boost::asio::local::stream_protocol::endpoint(path));
  else
    connection.open(boost::asio::ip::tcp::endpoint(*slot.address, plan_.url.port));
}

std::string Worker::endpoint_name(const Slot& slot) const {
  if (const auto& path = plan_.options.unix_socket; !path.empty()) return "unix:" + path;
  const auto host = slot.address->is_v6() ? fmt::format("[{}]", slot.address->to_string())
                                          : slot.address->to_string();
  return fmt::format("{}:{}", host, plan_.url.port);
}

void Worker::on_open(http::Connection& connection) {
  auto& slot = slot_of(connection);
  if (&connection == slot.spare.get()) return on_replacement_open(slot);
  --opening_;
  clear_deadline(slot);
  if (slot.leads) note_opened(slot, connection);
  go_on_open(slot);
}

void Worker::note_opened(const Slot& slot, http::Connection& connection) {
  ++result_.connections.opened;
  if (slot.fell_back) prefer_v6_ = slot.address->is_v6();
  auto& life = connection.life();
  life = {};
  life.endpoint = &result_.endpoints[endpoint_name(slot)];
  ++life.endpoint->connections;
  if (!plan_.options.connection_age) return;
  // Between half the age and all of it, so that connections do not end all at once.
  const auto age = plan_.options.connection_age->count();
  life.expires = clock() + age / 2 + static_cast<std::int64_t>(random_() % (age / 2 + 1));
}

void Worker::go_on_open(Slot& slot) {
  const std::int64_t now = clock();
  if (slot.bound) return send(slot, now);
  if (!running_) return become_idle(slot);
  next_for(slot, true, now);
}

// Its connection carries as many requests as the server allows: somebody else is to take this one.
void Worker::park(Slot& slot) {
  slot.state = Slot::State::kParked;
  if (!slot.bound) return;
  const auto request = slot.request;
  unbind(slot);
  if (idle_.empty()) return queue_.push_front(request);
  auto& other = idle_.front();
  idle_.pop_front();
  give(other, request, clock());
}

void Worker::on_full(http::Connection& connection) {
  auto& slot = slot_of(connection);
  --opening_;
  clear_deadline(slot);
  park(slot);
}

void Worker::on_room(http::Connection& connection) {
  auto& slot = slot_of(connection);
  if (!running_) return open(slot);
  next_for(slot, false, clock());
}

void Worker::on_open_failed(http::Connection& connection, const net::Failure& failure) {
  auto& slot = slot_of(connection);
  if (&connection == slot.spare.get()) return on_replacement_failed(slot);
  const bool other_family = failure.kind == net::ErrorKind::kConnectRefused ||
                            failure.kind == net::ErrorKind::kUnreachable;
  if (other_family && slot.leads && !literal_ && !slot.fell_back) {
    slot.fell_back = true;
    resolver_.resolve([this, &slot, failure, opening = ++slot.opening](const auto& addresses) {
      if (slot.state != Slot::State::kOpening || opening != slot.opening) return;
      const bool v6 = slot.address->is_v6();
      const bool has_other = std::any_of(addresses.begin(), addresses.end(),
                                         [v6](const auto& a) { return a.is_v6() != v6; });
      if (!has_other) return on_open_failed(*slot.connection, failure);
      choose_address(slot, addresses);
      connect(slot, *slot.connection);
    });
    return;
  }
  --opening_;
  clear_deadline(slot);
  if (slot.leads) ++result_.connections.failed;
  if (slot.bound) fail_bound(slot, failure);
  slot.connection->life() = {};
  slot.connection->give_up(failure);
  if (!running_) return become_closed(slot);
  if (!plan_.open_loop) return rest(slot);
  next_for(slot, false, clock());
}

void Worker::on_idle_closed(http::Connection& connection, http::IdleClose how) {
  auto& slot = slot_of(connection);
  if (&connection == slot.spare.get()) return drop_replacement(slot);
  if (slot.by_idleness.is_linked()) idle_.erase(idle_.iterator_to(slot));
  if (how == http::IdleClose::kByPeer) ++result_.connections.closed_by_peer;
  if (how == http::IdleClose::kUnasked) ++result_.connections.unasked;
  if (slot.state == Slot::State::kResting) return;  // opened again when it wakes
  close_or_reopen(slot);
}

void Worker::become_idle(Slot& slot) {
  slot.state = Slot::State::kIdle;
  if (!slot.by_idleness.is_linked()) idle_.push_back(slot);
}

void Worker::become_closed(Slot& slot) {
  slot.state = Slot::State::kClosed;
  drop_replacement(slot);
  slot.connection->close();
  closed_.push_back(&slot);
}

// A connection that was kept for several requests is opened again at once, so that the number of
// connections stays what was asked for; one that ends after each request, or unused, on demand.
void Worker::close_or_reopen(Slot& slot) {
  if (plan_.open_loop && running_ && issuing_ && slot.connection->life().served >= 2) {
    open(slot);
  } else {
    become_closed(slot);
  }
}

void Worker::rest(Slot& slot) {
  if (!issuing_) {
    become_closed(slot);
    return stop_if_drained();
  }
  slot.backoff = std::clamp(slot.backoff * 2, kShortestRest, kLongestRest);
  std::int64_t pause = slot.backoff;
  if (const auto& think = plan_.options.think)
    pause = std::max(pause, think->after(plan_.options.seed, slot.request.choice.seq));
  rest_until(slot, clock() + pause);
  slot.due = 0;
}

void Worker::rest_until(Slot& slot, std::int64_t when) {
  if (slot.by_idleness.is_linked()) idle_.erase(idle_.iterator_to(slot));
  slot.state = Slot::State::kResting;
  slot.rest_until = slot.due = when;
  resting_.insert(slot);
  arm_at(when);
}

void Worker::set_deadline(Slot& slot, std::int64_t now) {
  slot.deadline = now + plan_.options.timeout.count();
  deadlines_.push_back(slot);
  arm_at(slot.deadline);
}

void Worker::clear_deadline(Slot& slot) {
  if (slot.by_deadline.is_linked()) deadlines_.erase(deadlines_.iterator_to(slot));
}

}  // namespace plimsoll::loadgen::client

// The life of a request inside a Worker: picked up, bound to a connection, sent, ended.
#include <utility>

#include "loadgen/client/worker.hpp"

namespace plimsoll::loadgen::client {
namespace {

constexpr unsigned kMostRefusals = 3;

}  // namespace

std::uint32_t Worker::phase_at(std::int64_t planned) {
  while (phase_ + 1 < plan_.phases.size() &&
         planned - start_ >= plan_.phases[phase_ + 1].start.count())
    ++phase_;
  return phase_;
}

void Worker::pick_up(std::int64_t planned, std::int64_t now) {
  const Pending request{planned, phase_at(planned), source_.next()};
  for_each_record(request, [lag = now - planned](stats::PhaseStatistics& record) {
    ++record.counts.scheduled;
    record.schedule_lag.record(lag);
  });
  if (!idle_.empty()) {
    auto& slot = idle_.front();
    idle_.pop_front();
    give(slot, request, now);
  } else if (!closed_.empty()) {
    auto& slot = *closed_.back();
    closed_.pop_back();
    bind(slot, request);
    open(slot);
  } else if (plan_.options.max_queue && queue_.size() >= *plan_.options.max_queue) {
    for_each_record(request, [](stats::PhaseStatistics& record) { ++record.counts.dropped; });
  } else {
    queue_.push_back(request);
  }
}

void Worker::give(Slot& idle, const Pending& request, std::int64_t now) {
  bind(idle, request);
  const auto renewal = is_worn(idle, now) ? renew(idle, true) : Renewal::kUsable;
  if (renewal == Renewal::kUsable) return send(idle, now);
  if (renewal == Renewal::kClosed) open(idle);
}

void Worker::bind(Slot& slot, const Pending& request) {
  slot.request = request;
  slot.bound = true;
  ++bound_;
}

void Worker::unbind(Slot& slot) {
  slot.bound = false;
  --bound_;
}

void Worker::send(Slot& slot, std::int64_t now) {
  slot.state = Slot::State::kBusy;
  if (slot.by_idleness.is_linked()) idle_.erase(idle_.iterator_to(slot));
  slot.sent = now;
  if (!slot.request.counted) count_sent(slot, now);
  set_deadline(slot, now);
  const auto issued = ++slot.connection->life().issued;
  const bool last =
      plan_.options.connection_requests && issued >= *plan_.options.connection_requests;
  const auto& choice = slot.request.choice;
  if (last) start_replacement(slot);
  slot.connection->send(source_.render(choice, last, slot.rendered));
}

void Worker::count_sent(Slot& slot, std::int64_t now) {
  slot.request.counted = true;
  for_each_record(slot.request, [lag = now - slot.request.planned](stats::PhaseStatistics& record) {
    ++record.counts.sent;
    record.send_lag.record(lag);
  });
}

void Worker::count_bytes(Slot& slot) {
  const auto sent = slot.connection->take_bytes_sent();
  const auto received = slot.connection->take_bytes_received();
  for_each_record(slot.request, [sent, received](stats::PhaseStatistics& record) {
    record.counts.bytes_sent += sent;
    record.counts.bytes_received += received;
  });
}

void Worker::on_response(http::Connection& connection, unsigned status, bool reusable) {
  auto& slot = slot_of(connection);
  const std::int64_t now = clock();
  const std::int64_t latency = now - slot.request.planned;
  for_each_record(slot.request, [&, this](stats::PhaseStatistics& record) {
    record.latency.record(latency);
    record.service_time.record(now - slot.sent);
    ++record.counts.completed;
    ++record.status[status];
    if (status >= 500 && status < 600) ++record.counts.server_errors;
    record.last_end = now - start_;
  });
  interval_latency_.record(latency);
  count_bytes(slot);
  auto& life = slot.connection->life();
  ++life.endpoint->requests;
  if (!plan_.options.pod_header.empty()) result_.pods.add(connection.watched_header());
  ++life.served;
  slot.backoff = 0;
  clear_deadline(slot);
  unbind(slot);
  // The last answer of its share may have closed it.
  if ((reusable || slot.spare != nullptr) && is_worn(slot, now)) {
    const auto renewal = renew(slot, reusable);
    if (renewal == Renewal::kOpening) return stop_if_drained();
    reusable = renewal == Renewal::kUsable;
  }
  after_end(slot, reusable, now);
}

void Worker::on_failed(http::Connection& connection, const net::Failure& failure, http::Lost lost) {
  auto& slot = slot_of(connection);
  clear_deadline(slot);
  count_bytes(slot);
  const bool fresh = slot.connection->life().served == 0;
  const bool stale =
      lost == http::Lost::kSilent && !fresh && source_.request(slot.request.choice).idempotent;
  // Whatever the method, since the server has not looked at it; but not for ever.
  const bool refused = lost == http::Lost::kRefused && slot.request.refusals < kMostRefusals;
  if (stale || refused) {
    slot.request.refusals += refused ? 1u : 0u;
    for_each_record(slot.request,
                    [](stats::PhaseStatistics& record) { ++record.counts.stale_retries; });
    open(slot);
    return;
  }
  fail_bound(slot, failure);
  // A connection that never answered: at once again would be a storm, not a load.
  if (fresh && !plan_.open_loop && !slot.connection->can_join()) return rest(slot);
  after_end(slot, false, clock());
}

void Worker::fail_bound(Slot& slot, const net::Failure& failure) {
  const std::int64_t now = clock();
  if (!slot.request.counted) count_sent(slot, now);
  for_each_record(slot.request,
                  [&failure, latency = now - slot.request.planned](stats::PhaseStatistics& record) {
                    ++record.counts.failed;
                    ++record.errors[index(failure.kind)];
                    record.keep_detail(index(failure.kind), failure.detail);
                    record.failed_latency.record(latency);
                  });
  unbind(slot);
}

// A request has ended: thinks first, if asked to.
void Worker::after_end(Slot& slot, bool reusable, std::int64_t now) {
  if (!plan_.options.think || !issuing_) return next_for(slot, reusable, now);
  if (!reusable && slot.connection->is_open()) slot.connection->close();
  rest_until(slot, now + plan_.options.think->after(plan_.options.seed, slot.request.choice.seq));
}

// The slot has nothing to do: gives it the next request, or lets it idle, reopen or close.
void Worker::next_for(Slot& slot, bool reusable, std::int64_t now) {
  if (!reusable && slot.connection->is_open()) slot.connection->close();
  const bool found = next_of_queue(slot) || (!plan_.open_loop && next_of_closed_loop(slot, now));
  if (found) {
    if (reusable) {
      send(slot, now);
    } else {
      open(slot);
    }
    return;
  }
  if (reusable) {
    become_idle(slot);
  } else {
    close_or_reopen(slot);
  }
  stop_if_drained();
}

bool Worker::next_of_queue(Slot& slot) {
  if (queue_.empty()) return false;
  bind(slot, queue_.front());
  queue_.pop_front();
  return true;
}

bool Worker::next_of_closed_loop(Slot& slot, std::int64_t now) {
  if (!issuing_) return false;
  if (now >= end_) {
    end_issuing(now);
    return false;
  }
  const std::int64_t planned = slot.due != 0 ? std::exchange(slot.due, 0) : now;
  const Pending request{planned, phase_at(planned), source_.next()};
  bind(slot, request);
  for_each_record(request, [lag = now - planned](stats::PhaseStatistics& record) {
    ++record.counts.scheduled;
    record.schedule_lag.record(lag);
  });
  if (!plan_.phases[request.phase].warmup && --quota_ == 0) end_issuing(now);
  return true;
}

bool Worker::is_worn(Slot& slot, std::int64_t now) const {
  const auto& limit = plan_.options.connection_requests;
  const auto& life = slot.connection->life();
  return (limit && life.issued >= *limit) || (life.expires != 0 && now >= life.expires);
}

void Worker::recycle(Slot& slot) {
  if (slot.connection->retire()) ++result_.connections.recycled;
}

}  // namespace plimsoll::loadgen::client

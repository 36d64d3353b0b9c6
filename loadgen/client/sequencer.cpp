#include "loadgen/client/sequencer.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace plimsoll::loadgen::client {

Sequencer::Sequencer(const plan::Plan& plan, std::uint64_t index)
    : plan_(plan),
      index_(index),
      source_(plan.mix, plan.options.seed, index, plan.threads),
      quota_(plan.options.requests ? share(*plan.options.requests, index, plan.threads)
                                   : std::numeric_limits<std::uint64_t>::max()) {}

void Sequencer::start(std::int64_t start) {
  started_ = issuing_ = true;
  start_ = start;
  end_ = start + plan_.duration.count();
  if (!plan_.open_loop) return;
  schedule::ArrivalOptions options;
  options.kind = plan_.options.arrivals;
  options.seed = plan_.options.seed;
  options.stride = plan_.threads;
  options.offset = index_;
  options.counted_from = plan_.options.warmup;
  if (plan_.options.requests) options.limit = *plan_.options.requests;
  arrivals_.emplace(plan_.profile, options);
  fetch_arrival();
}

void Sequencer::fetch_arrival() {
  const auto next = arrivals_->next();
  next_arrival_ = next ? start_ + *next : kNever;
}

PlannedRequest Sequencer::take_arrival() {
  const std::int64_t planned = next_arrival_;
  fetch_arrival();
  return {planned, phase_at(planned), source_.next()};
}

std::optional<PlannedRequest> Sequencer::next_in_closed_loop(std::int64_t now, std::int64_t due) {
  if (!issuing_) return std::nullopt;
  if (now >= end_) {
    end_issuing(now);
    return std::nullopt;
  }
  const std::int64_t planned = due != 0 ? due : now;
  const PlannedRequest request{planned, phase_at(planned), source_.next()};
  if (!plan_.phases[request.phase].warmup && --quota_ == 0) end_issuing(now);
  return request;
}

std::uint32_t Sequencer::phase_at(std::int64_t planned) noexcept {
  while (phase_ + 1 < plan_.phases.size() &&
         planned - start_ >= plan_.phases[phase_ + 1].start.count())
    ++phase_;
  return phase_;
}

bool Sequencer::add_pending(const PlannedRequest& request) {
  const auto& limit = plan_.options.max_queue;
  if (limit && pending_.size() >= *limit) return false;
  pending_.push_back(request);
  return true;
}

PlannedRequest Sequencer::take_pending() {
  const auto request = pending_.front();
  pending_.pop_front();
  return request;
}

std::deque<PlannedRequest> Sequencer::give_up_pending() {
  drain_until_ = kNever;
  return std::exchange(pending_, {});
}

void Sequencer::advance(std::int64_t now) {
  if (!issuing_ || next_arrival_ != kNever) return;
  const bool all_arrived = arrivals_ && plan_.options.requests;
  if (all_arrived || now >= end_) end_issuing(now);
}

void Sequencer::end_issuing(std::int64_t now) noexcept {
  issuing_ = false;
  drain_until_ = now + plan_.options.timeout.count();
}

std::int64_t Sequencer::next_event() const noexcept {
  if (!started_) return kNever;
  return std::min(next_arrival_, issuing_ ? end_ : drain_until_);
}

}  // namespace plimsoll::loadgen::client

#include "loadgen/client/connection_pool.hpp"

#include <algorithm>

namespace plimsoll::loadgen::client {

using State = RequestSlot::State;

RequestSlot& ConnectionPool::add() {
  auto& slot = slots_.emplace_back();
  closed_.push_back(slot);
  return slot;
}

RequestSlot* ConnectionPool::take_closed() noexcept {
  if (closed_.empty()) return nullptr;
  auto& slot = closed_.back();
  hold(slot);
  return &slot;
}

RequestSlot* ConnectionPool::take_rested(std::int64_t now) noexcept {
  if (resting_.empty() || resting_.begin()->until_ > now) return nullptr;
  auto& slot = *resting_.begin();
  hold(slot);
  return &slot;
}

RequestSlot* ConnectionPool::expired(std::int64_t now) noexcept {
  if (deadlines_.empty() || deadlines_.front().until_ > now) return nullptr;
  return &deadlines_.front();
}

std::int64_t ConnectionPool::next_event() const noexcept {
  std::int64_t when = INT64_MAX;
  if (!deadlines_.empty()) when = deadlines_.front().until_;
  if (!resting_.empty()) when = std::min(when, resting_.begin()->until_);
  return when;
}

void ConnectionPool::set_opening(RequestSlot& slot, std::int64_t deadline) noexcept {
  hold(slot);
  slot.state_ = State::kOpening;
  ++opening_;
  slot.until_ = deadline;
  deadlines_.push_back(slot);
}

void ConnectionPool::set_closed(RequestSlot& slot) noexcept {
  hold(slot);
  slot.state_ = State::kClosed;
  closed_.push_back(slot);
}

void ConnectionPool::set_resting(RequestSlot& slot, std::int64_t until) noexcept {
  hold(slot);
  slot.state_ = State::kResting;
  slot.until_ = until;
  resting_.insert(slot);
}

void ConnectionPool::set_no_room(RequestSlot& slot) noexcept {
  hold(slot);
  slot.state_ = State::kNoRoom;
}

}  // namespace plimsoll::loadgen::client

// The slots of one thread by state: who is idle, opening, closed, busy or resting, and until when.
// A slot is in the list of its state and in no other, and the counters follow the states:
// opening() is the number of slots that open, bound() of slots that have a request. Nothing is
// allocated after add(). Times are nanoseconds of a clock that the caller reads.
// Thread-safety: none.
#pragma once
#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>
#include <cassert>
#include <cstdint>
#include <deque>

#include "loadgen/client/request_slot.hpp"

namespace plimsoll::loadgen::client {

class ConnectionPool {
 public:
  ConnectionPool() = default;
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  // A closed slot, without a connection.
  RequestSlot& add();
  [[nodiscard]] std::deque<RequestSlot>& slots() noexcept { return slots_; }

  // The slot with this state that has been idle longest, was closed last, or has rested until now;
  // null if there is none. It is held.
  [[nodiscard]] RequestSlot* take_idle() noexcept;
  [[nodiscard]] RequestSlot* take_closed() noexcept;
  [[nodiscard]] RequestSlot* take_rested(std::int64_t now) noexcept;
  // A slot whose opening or request has passed its deadline; null if there is none.
  [[nodiscard]] RequestSlot* expired(std::int64_t now) noexcept;
  // The next deadline or end of a rest; INT64_MAX if there is none.
  [[nodiscard]] std::int64_t next_event() const noexcept;

  // All deadlines are set the same time ahead, so that they stay in order.
  void set_opening(RequestSlot& slot, std::int64_t deadline) noexcept;
  void set_busy(RequestSlot& slot, std::int64_t deadline) noexcept;
  void set_idle(RequestSlot& slot) noexcept;
  void set_closed(RequestSlot& slot) noexcept;
  void set_resting(RequestSlot& slot, std::int64_t until) noexcept;
  void set_no_room(RequestSlot& slot) noexcept;
  // Until one of the above.
  void hold(RequestSlot& slot) noexcept;

  // Gives a slot the request to answer for, and takes it away again.
  void bind(RequestSlot& slot, const PlannedRequest& request) noexcept;
  void unbind(RequestSlot& slot) noexcept;

  [[nodiscard]] std::uint64_t opening() const noexcept { return opening_; }
  [[nodiscard]] std::uint64_t bound() const noexcept { return bound_; }

 private:
  using List = boost::intrusive::list<
      RequestSlot, boost::intrusive::member_hook<RequestSlot, boost::intrusive::list_member_hook<>,
                                                 &RequestSlot::in_list_>>;
  struct EndsEarlier {
    bool operator()(const RequestSlot& a, const RequestSlot& b) const noexcept {
      return a.until_ < b.until_;
    }
  };
  using Resting = boost::intrusive::multiset<
      RequestSlot,
      boost::intrusive::member_hook<RequestSlot, boost::intrusive::set_member_hook<>,
                                    &RequestSlot::in_set_>,
      boost::intrusive::compare<EndsEarlier>>;

  std::deque<RequestSlot> slots_;
  List idle_;       // longest idle first
  List closed_;     // closed last, last
  List deadlines_;  // of opening and busy slots, earliest first
  Resting resting_;
  std::uint64_t opening_ = 0;
  std::uint64_t bound_ = 0;
};

// What every request needs is inline.

inline void ConnectionPool::hold(RequestSlot& slot) noexcept {
  switch (slot.state_) {
    case RequestSlot::State::kOpening:
      --opening_;
      [[fallthrough]];
    case RequestSlot::State::kBusy:
      deadlines_.erase(deadlines_.iterator_to(slot));
      break;
    case RequestSlot::State::kIdle:
      idle_.erase(idle_.iterator_to(slot));
      break;
    case RequestSlot::State::kClosed:
      closed_.erase(closed_.iterator_to(slot));
      break;
    case RequestSlot::State::kResting:
      resting_.erase(resting_.iterator_to(slot));
      break;
    case RequestSlot::State::kNoRoom:
    case RequestSlot::State::kHeld:
      break;
  }
  slot.state_ = RequestSlot::State::kHeld;
}

inline RequestSlot* ConnectionPool::take_idle() noexcept {
  if (idle_.empty()) return nullptr;
  auto& slot = idle_.front();
  hold(slot);
  return &slot;
}

inline void ConnectionPool::set_busy(RequestSlot& slot, std::int64_t deadline) noexcept {
  hold(slot);
  slot.state_ = RequestSlot::State::kBusy;
  slot.until_ = deadline;
  deadlines_.push_back(slot);
}

inline void ConnectionPool::set_idle(RequestSlot& slot) noexcept {
  hold(slot);
  slot.state_ = RequestSlot::State::kIdle;
  idle_.push_back(slot);
}

inline void ConnectionPool::bind(RequestSlot& slot, const PlannedRequest& request) noexcept {
  assert(!slot.bound_);
  slot.request_ = request;
  slot.bound_ = true;
  ++bound_;
}

inline void ConnectionPool::unbind(RequestSlot& slot) noexcept {
  assert(slot.bound_);
  slot.bound_ = false;
  --bound_;
}

}  // namespace plimsoll::loadgen::client

// A place for one connection, and the request that is bound to it. Plain data of a Worker.
#pragma once
#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "loadgen/http/connection.hpp"
#include "loadgen/request/mix.hpp"
#include "loadgen/stats/phase_statistics.hpp"

namespace plimsoll::loadgen::client {

// A request from the moment it is due. Times are nanoseconds of the steady clock.
struct Pending {
  std::int64_t planned = 0;
  std::uint32_t phase = 0;
  request::RequestChoice choice;
  bool counted = false;   // as sent; it is not when it is sent again
  unsigned refusals = 0;  // how often the server would not even look at it
};

struct Slot final : http::ConnectionOwner {
  using Hook = boost::intrusive::list_member_hook<>;
  enum class State { kClosed, kOpening, kIdle, kBusy, kResting, kParked };

  enum class Replacement { kNone, kOpening, kReady };

  std::unique_ptr<http::Connection> connection;
  std::unique_ptr<http::Connection> spare;  // takes its place when it is worn; null with HTTP/2
  Replacement replacement = Replacement::kNone;
  std::int64_t replacement_deadline = 0;

  State state = State::kClosed;
  bool bound = false;      // request below is this slot's to answer for
  bool fell_back = false;  // the other address family was tried for this opening
  bool leads = false;      // the opening is its own, not that of one who shares the connection
  Pending request;
  std::string rendered;  // its bytes, when they are its own
  std::int64_t sent = 0;
  std::int64_t deadline = 0;  // of the opening or of the request in flight
  std::int64_t rest_until = 0;
  std::int64_t due = 0;      // of the next request after a think time; 0 is at once
  std::int64_t backoff = 0;  // the last rest after a connection could not be opened
  unsigned opening = 0;      // grows with every opening, so that late DNS answers are told apart
  std::optional<net::Address> address;  // that the connection it leads goes to
  Hook by_deadline;
  Hook by_idleness;
  boost::intrusive::set_member_hook<> by_rest;
};

template <Slot::Hook Slot::*Member>
using SlotList =
    boost::intrusive::list<Slot, boost::intrusive::member_hook<Slot, Slot::Hook, Member>>;

struct WakesEarlier {
  bool operator()(const Slot& a, const Slot& b) const noexcept {
    return a.rest_until < b.rest_until;
  }
};
using RestingSlots = boost::intrusive::multiset<
    Slot, boost::intrusive::member_hook<Slot, boost::intrusive::set_member_hook<>, &Slot::by_rest>,
    boost::intrusive::compare<WakesEarlier>>;

}  // namespace plimsoll::loadgen::client

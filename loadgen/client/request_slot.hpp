// What carries one request at a time: a connection (or one stream of a shared connection), the
// request that is bound to it, and the connection that will replace it. Times are nanoseconds of
// the steady clock. Thread-safety: none.
#pragma once
#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "loadgen/client/dialer.hpp"
#include "loadgen/client/planned_request.hpp"
#include "loadgen/http/connection.hpp"

namespace plimsoll::loadgen::client {

class RequestSlot final : public http::ConnectionOwner {
 public:
  enum class State {
    kClosed,   // no connection
    kOpening,  // until its deadline; a request may be bound already
    kIdle,     // open, without a request
    kBusy,     // a request is in flight, until its deadline
    kResting,  // until a time; open or not
    kNoRoom,   // the shared connection carries as many requests as its server allows
    kHeld      // between two of these, while the dispatcher decides
  };
  // The connection that takes the place of this slot's one, by Recycler. No connection with HTTP/2.
  struct Replacement {
    enum class State { kNone, kOpening, kReady };
    std::unique_ptr<http::Connection> connection;
    State state = State::kNone;
    std::int64_t deadline = 0;  // of the opening
  };

  std::unique_ptr<http::Connection> connection;
  Replacement replacement;
  Dial dial;                 // of whichever of the two is being opened
  bool leads = false;        // the opening is its own, not that of one that shares the connection
  std::string rendered;      // the request's bytes, when they are its own
  std::int64_t sent = 0;     // when the request was
  std::int64_t due = 0;      // the next request, after a think time; 0 for at once
  std::int64_t backoff = 0;  // the last rest after a connection could not be opened

  [[nodiscard]] State state() const noexcept { return state_; }
  // The request is this slot's to answer for: in flight, or waiting for the opening.
  [[nodiscard]] bool bound() const noexcept { return bound_; }
  [[nodiscard]] PlannedRequest& request() noexcept { return request_; }  // the bound or last one
  [[nodiscard]] std::int64_t until() const noexcept {
    return until_;
  }  // of a state that has a time

 private:
  friend class ConnectionPool;  // the only one to change any of these

  State state_ = State::kClosed;
  bool bound_ = false;
  PlannedRequest request_;
  std::int64_t until_ = 0;
  boost::intrusive::list_member_hook<> in_list_;  // of the slots with the same state
  boost::intrusive::set_member_hook<> in_set_;
};

}  // namespace plimsoll::loadgen::client

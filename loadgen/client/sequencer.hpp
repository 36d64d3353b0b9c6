// Which requests are due, for one thread of a run. Open loop: the arrivals of the schedule, whether
// or not a connection is there for them. Closed loop: the next request of a connection whenever it
// asks, until the time or the number of requests is used up. Requests that are due and have no
// connection are pending. Issuing ends with the last request; after that, one --timeout is left for
// what is pending (drain). Times are nanoseconds of a clock that the caller reads.
// Thread-safety: none.
#pragma once
#include <cstdint>
#include <deque>
#include <optional>

#include "loadgen/client/planned_request.hpp"
#include "loadgen/plan/plan.hpp"
#include "loadgen/request/mix.hpp"
#include "loadgen/schedule/schedule.hpp"

namespace plimsoll::loadgen::client {

inline constexpr std::int64_t kNever = INT64_MAX;

class Sequencer {
 public:
  // index: of the thread, 0 .. plan.threads - 1. The plan must outlive this.
  Sequencer(const plan::Plan& plan, std::uint64_t index);

  // Issuing begins; the schedule counts from start.
  void start(std::int64_t start);
  [[nodiscard]] bool started() const noexcept { return started_; }
  [[nodiscard]] std::int64_t start_time() const noexcept { return start_; }
  // More requests may become due.
  [[nodiscard]] bool issuing() const noexcept { return issuing_; }

  // Open loop: the next arrival is due.
  [[nodiscard]] bool arrival_is_due(std::int64_t now) const noexcept {
    return next_arrival_ <= now;
  }
  // Requires arrival_is_due.
  [[nodiscard]] PlannedRequest take_arrival();
  // Closed loop: the next request of a connection. due: since when, 0 for now. Absent when no more
  // are issued.
  [[nodiscard]] std::optional<PlannedRequest> next_in_closed_loop(std::int64_t now,
                                                                  std::int64_t due);

  // False when --max-queue requests are pending already.
  [[nodiscard]] bool add_pending(const PlannedRequest& request);
  // It had a connection, and lost it before it was sent: goes before the others.
  void put_back(const PlannedRequest& request) { pending_.push_front(request); }
  [[nodiscard]] bool has_pending() const noexcept { return !pending_.empty(); }
  // Requires has_pending.
  [[nodiscard]] PlannedRequest take_pending();
  [[nodiscard]] std::uint64_t pending() const noexcept { return pending_.size(); }
  // What is still pending, which will never be sent.
  [[nodiscard]] std::deque<PlannedRequest> give_up_pending();

  // Ends issuing when the schedule is over. A run by duration lasts that long even when its last
  // arrival is earlier.
  void advance(std::int64_t now);
  [[nodiscard]] bool drain_is_over(std::int64_t now) const noexcept {
    return !issuing_ && now >= drain_until_;
  }
  // No request is pending or will be due.
  [[nodiscard]] bool finished() const noexcept { return started_ && !issuing_ && pending_.empty(); }
  // When there is something to do because of the time alone.
  [[nodiscard]] std::int64_t next_event() const noexcept;

  // Pauses of the closed loop, with --think only: before the first request of the connection with
  // this number, and after a request.
  [[nodiscard]] std::int64_t pause_at_start(std::uint64_t connection) const {
    return plan_.options.think->at_start(plan_.options.seed, connection);
  }
  [[nodiscard]] std::int64_t pause_after(const PlannedRequest& request) const {
    return plan_.options.think->after(plan_.options.seed, request.choice.seq);
  }

  [[nodiscard]] request::RequestSource& source() noexcept { return source_; }

 private:
  [[nodiscard]] std::uint32_t phase_at(std::int64_t planned) noexcept;
  void fetch_arrival();
  void end_issuing(std::int64_t now) noexcept;

  const plan::Plan& plan_;
  const std::uint64_t index_;
  request::RequestSource source_;
  std::optional<schedule::Arrivals> arrivals_;
  std::int64_t next_arrival_ = kNever;
  std::uint64_t quota_;  // measured requests left, closed loop
  std::deque<PlannedRequest> pending_;
  std::uint32_t phase_ = 0;
  std::int64_t start_ = 0;
  std::int64_t end_ = 0;  // of the schedule
  std::int64_t drain_until_ = 0;
  bool started_ = false;
  bool issuing_ = false;
};

// This thread's part of a total that the threads of a run share evenly.
[[nodiscard]] constexpr std::uint64_t share(std::uint64_t total, std::uint64_t index,
                                            std::uint64_t threads) noexcept {
  return total / threads + (index < total % threads ? 1 : 0);
}

}  // namespace plimsoll::loadgen::client

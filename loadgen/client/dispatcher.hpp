// Brings together what is due (Sequencer) and what can carry it (ConnectionPool, Recycler), and
// counts it (ThreadStatistics).
//
// Open loop: an arrival takes the connection that has been idle longest, else opens a closed one,
// else is pending. Closed loop: a connection gets its next request when it has answered the last
// one. A request that fails on a kept connection before any byte of its response is sent once more
// on a new one if its method is idempotent (RFC 9110 section 9.2.2), and counted in stale_retries.
// Thread-safety: none.
#pragma once
#include <cstdint>

#include "loadgen/client/alarm.hpp"
#include "loadgen/client/connection_pool.hpp"
#include "loadgen/client/dialer.hpp"
#include "loadgen/client/network.hpp"
#include "loadgen/client/recycler.hpp"
#include "loadgen/client/sequencer.hpp"
#include "loadgen/plan/plan.hpp"
#include "loadgen/stats/thread_statistics.hpp"

namespace plimsoll::loadgen::client {

class Dispatcher final : private http::ConnectionEvents {
 public:
  // The others must outlive this.
  Dispatcher(const plan::Plan& plan, std::uint64_t index, Network& network, Alarm& alarm);

  // Before the start: opens all connections. Those that cannot be opened stay closed, without an
  // error: requests that need them will find out.
  void open_all();
  [[nodiscard]] bool is_opening() const noexcept { return pool_.opening() > 0; }
  // Requests are due from here on. Stops the loop when the last of them has ended.
  void start(std::int64_t start);
  // Does what the time alone has made due. Returns the clock as it was read last.
  std::int64_t advance();
  // When advance() is to be called next, at the latest.
  [[nodiscard]] std::int64_t next_event() const noexcept;
  // After the end: what was never sent is dropped; what was sent and has no end stays unfinished.
  void settle_leftovers();

  void report(std::int64_t second) { stats_.report(second, pool_.bound(), sequencer_.pending()); }
  [[nodiscard]] stats::ThreadStatistics& statistics() noexcept { return stats_; }

 private:
  void on_open(http::Connection& connection) override;
  void on_open_failed(http::Connection& connection, const net::Failure& failure) override;
  void on_response(http::Connection& connection, unsigned status, bool reusable) override;
  void on_failed(http::Connection& connection, const net::Failure& failure,
                 http::Lost lost) override;
  void on_idle_closed(http::Connection& connection, http::IdleClose how) override;
  void on_full(http::Connection& connection) override;
  void on_room(http::Connection& connection) override;

  // Requests: dispatcher.cpp.
  void take_arrivals(std::int64_t now);
  void dispatch(const PlannedRequest& request, std::int64_t now);
  void give(RequestSlot& slot, const PlannedRequest& request, std::int64_t now);
  void send(RequestSlot& slot, std::int64_t now);
  void count_sent(PlannedRequest& request, std::int64_t now);
  void count_bytes(RequestSlot& slot);
  void fail(RequestSlot& slot, const net::Failure& failure, std::int64_t now);
  void after_end(RequestSlot& slot, bool reusable, std::int64_t now);
  void next_for(RequestSlot& slot, bool reusable, std::int64_t now);
  [[nodiscard]] bool bind_next(RequestSlot& slot, std::int64_t now);
  void drop_pending();
  void stop_if_finished();

  // Connections: dispatcher_connections.cpp.
  void make_slots(std::uint64_t count, Network& network);
  void open(RequestSlot& slot);
  void wait_for_opening(RequestSlot& slot);
  void count_opened(RequestSlot& slot, http::Connection& connection);
  void go_on_open(RequestSlot& slot);
  void wait_for_room(RequestSlot& slot);
  void close(RequestSlot& slot);
  void close_or_reopen(RequestSlot& slot);
  void back_off(RequestSlot& slot);
  void rest_until(RequestSlot& slot, std::int64_t when);
  void expire(std::int64_t now);
  void wake_rested(std::int64_t now);
  // Recycler::recycle; when the connection is opening, the slot is, too.
  [[nodiscard]] Recycler::Outcome recycle(RequestSlot& slot, bool reusable, std::int64_t now);
  [[nodiscard]] static RequestSlot& slot_of(http::Connection& connection) noexcept {
    return static_cast<RequestSlot&>(connection.owner());
  }

  const plan::Plan& plan_;
  const std::uint64_t index_;
  const std::int64_t timeout_;
  net::Loop& loop_;
  Alarm& alarm_;
  stats::ThreadStatistics stats_;
  Sequencer sequencer_;
  Dialer dialer_;
  Recycler recycler_;
  ConnectionPool pool_;
};

}  // namespace plimsoll::loadgen::client

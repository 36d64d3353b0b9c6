// One thread of a run: its connections, its share of the schedule, its counts. Nothing is shared
// with other threads while requests flow; results are read after the thread has ended.
//
// Open loop: a planned request is picked up when its time has come, whatever the others are doing,
// and takes the connection that has been idle longest, else opens a closed one, else queues.
// Closed loop: a connection gets its next request when it has answered the last one.
// A request that fails on a kept connection before any byte of its response is sent once more on a
// new one if its method is idempotent (RFC 9110 section 9.2.2), and counted in stale_retries.
// One timer serves the schedule, the time-outs, the rests and the once-a-second report.
// Thread-safety: construct, prepare() and run() on one thread; the outbox and the stop flag are
// safe.
#pragma once
#include <atomic>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <vector>

#include "loadgen/client/slot.hpp"
#include "loadgen/http/http2_stream.hpp"
#include "loadgen/net/resolver.hpp"
#include "loadgen/plan/plan.hpp"
#include "loadgen/schedule/schedule.hpp"
#include "loadgen/stats/phase_statistics.hpp"
#include "loadgen/stats/pods.hpp"
#include "loadgen/stats/snapshot.hpp"

namespace plimsoll::loadgen::client {

struct WorkerResult {
  std::vector<stats::PhaseStatistics> phases;  // as in Plan::phases
  std::vector<stats::PhaseStatistics>
      mix;  // as in Mix::entries, warm-up left out; empty without --mix
  stats::ConnectionCounts connections;
  stats::Endpoints endpoints;
  stats::PodCounts pods;  // completed, warm-up included
  double cpu_seconds = 0;
  double wall_seconds = 0;
  double stalled_seconds = 0;  // the timer fired this much late, hiccups left out
};

class Worker final : private http::ConnectionEvents {
 public:
  // index: 0 .. plan.threads - 1. stop: ends the run at once, in-flight requests stay unfinished.
  Worker(const plan::Plan& plan, std::uint64_t index, const std::atomic<bool>& stop);

  // Opens the connections, so that the first requests do not wait for that; failures are left for
  // the requests that meet them. Returns when all are settled, after at most two seconds.
  void prepare();
  // Sends and receives until the schedule is done and everything has ended. Requests that still
  // wait for a connection one --timeout after the schedule are dropped. start: nanoseconds of the
  // steady clock.
  void run(std::int64_t start);

  [[nodiscard]] stats::Outbox& outbox() noexcept { return outbox_; }
  [[nodiscard]] stats::SnapshotBox& snapshots() noexcept { return snapshots_; }
  [[nodiscard]] WorkerResult take_result();

 private:
  void on_open(http::Connection& connection) override;
  void on_open_failed(http::Connection& connection, const net::Failure& failure) override;
  void on_response(http::Connection& connection, unsigned status, bool reusable) override;
  void on_failed(http::Connection& connection, const net::Failure& failure,
                 http::Lost lost) override;
  void on_idle_closed(http::Connection& connection, http::IdleClose how) override;
  void on_full(http::Connection& connection) override;
  void on_room(http::Connection& connection) override;

  // Requests: worker_requests.cpp.
  void pick_up(std::int64_t planned, std::int64_t now);
  void bind(Slot& slot, const Pending& request);
  void unbind(Slot& slot);
  void give(Slot& idle, const Pending& request, std::int64_t now);
  void send(Slot& slot, std::int64_t now);
  void count_sent(Slot& slot, std::int64_t now);
  void count_bytes(Slot& slot);
  void fail_bound(Slot& slot, const net::Failure& failure);
  void after_end(Slot& slot, bool reusable, std::int64_t now);
  void next_for(Slot& slot, bool reusable, std::int64_t now);
  [[nodiscard]] bool next_of_closed_loop(Slot& slot, std::int64_t now);
  [[nodiscard]] bool next_of_queue(Slot& slot);
  [[nodiscard]] bool is_worn(Slot& slot, std::int64_t now) const;
  void recycle(Slot& slot);
  [[nodiscard]] std::uint32_t phase_at(std::int64_t planned);
  // Calls count with the record of the request's phase and, in a mix, with that of its entry.
  template <typename Count>
  void for_each_record(const Pending& request, Count count) {
    count(result_.phases[request.phase]);
    if (!result_.mix.empty() && !plan_.phases[request.phase].warmup)
      count(result_.mix[request.choice.entry]);
  }

  // Connections: worker_connections.cpp.
  void open(Slot& slot);
  void make_slots();
  void connect(Slot& slot, http::Connection& connection);
  [[nodiscard]] std::string endpoint_name(const Slot& slot) const;
  void choose_address(Slot& slot, const net::Resolver::Addresses& addresses);
  void become_idle(Slot& slot);
  void become_closed(Slot& slot);
  void note_opened(const Slot& slot, http::Connection& connection);
  void go_on_open(Slot& slot);
  void park(Slot& slot);
  void rest(Slot& slot);
  void rest_until(Slot& slot, std::int64_t when);
  void close_or_reopen(Slot& slot);
  void set_deadline(Slot& slot, std::int64_t now);
  void clear_deadline(Slot& slot);

  // Recycling: worker_renewal.cpp.
  enum class Renewal { kUsable, kOpening, kClosed };
  [[nodiscard]] Renewal renew(Slot& slot, bool reusable);
  void start_replacement(Slot& slot);
  void drop_replacement(Slot& slot);
  void take_replacement(Slot& slot);
  void on_replacement_open(Slot& slot);
  void on_replacement_failed(Slot& slot);

  // Time: worker.cpp.
  void start_closed_loop();
  void arm();
  void arm_at(std::int64_t when);
  void on_timer();
  void pump(std::int64_t now);
  void expire(std::int64_t now);
  void wake_resting(std::int64_t now);
  void tick(std::int64_t now);
  void report(std::int64_t second);
  void end_issuing(std::int64_t now);
  void stop_if_drained();
  void give_up_queue();
  void settle_leftovers();
  [[nodiscard]] static Slot& slot_of(http::Connection& connection) noexcept {
    return static_cast<Slot&>(connection.owner());
  }
  [[nodiscard]] static std::int64_t clock() noexcept;

  const plan::Plan& plan_;
  const std::uint64_t index_;
  const std::atomic<bool>& stop_;
  net::EventLoop loop_;
  net::Resolver resolver_;
  http::ReadScratch scratch_;
  std::optional<net::Address> literal_;  // no name to look up: an address, or a UNIX socket
  std::deque<http::Http2Lane> lanes_;    // with HTTP/2: one for each connection
  std::deque<Slot> slots_;
  SlotList<&Slot::by_idleness> idle_;  // longest idle first
  std::vector<Slot*> closed_;
  SlotList<&Slot::by_deadline> deadlines_;  // all time-outs are equal, so this is in order
  RestingSlots resting_;
  std::deque<Pending> queue_;
  std::uint64_t opening_ = 0;
  std::uint64_t bound_ =
      0;  // requests that a slot answers for: in flight, or waiting for its opening
  std::uint64_t next_address_ = 0;
  bool prefer_v6_ = false;
  std::mt19937_64 random_;
  request::RequestSource source_;

  std::optional<schedule::Arrivals> arrivals_;
  std::optional<std::int64_t> next_planned_;  // steady clock
  std::uint64_t quota_;                       // measured requests left, closed loop
  std::int64_t start_ = 0;
  std::int64_t end_ = 0;            // of issuing, closed loop
  std::int64_t armed_ = INT64_MAX;  // when the timer will fire
  std::int64_t next_tick_ = 0;
  std::int64_t ticks_ = 0;
  bool running_ = false;
  bool issuing_ = false;
  std::int64_t drain_until_ = 0;
  std::uint32_t phase_ = 0;

  WorkerResult result_;
  latency::Histogram interval_latency_;
  stats::Counts reported_;
  stats::Outbox outbox_;
  stats::SnapshotBox snapshots_;
};

}  // namespace plimsoll::loadgen::client

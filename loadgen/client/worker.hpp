// One thread of a run: its share of the schedule, its connections, its statistics. Nothing is
// shared with other threads while requests flow; results are read after the thread has ended.
// One timer serves the dispatcher, the stop flag and the report of each second.
// Thread-safety: construct, prepare() and run() on one thread; the reports and the stop flag are
// safe.
#pragma once
#include <atomic>
#include <cstdint>

#include "loadgen/client/alarm.hpp"
#include "loadgen/client/dispatcher.hpp"
#include "loadgen/client/network.hpp"
#include "loadgen/plan/plan.hpp"
#include "loadgen/stats/thread_statistics.hpp"

namespace plimsoll::loadgen::client {

struct WorkerResult {
  stats::ThreadResult counted;
  double cpu_seconds = 0;
  double wall_seconds = 0;
  double stalled_seconds = 0;  // the timer fired this much late, hiccups left out
};

class Worker {
 public:
  // index: 0 .. plan.threads - 1. stop: ends the run at once, in-flight requests stay unfinished.
  Worker(const plan::Plan& plan, std::uint64_t index, const std::atomic<bool>& stop,
         Network& network);

  // Opens the connections, so that the first requests do not wait for that; failures are left for
  // the requests that meet them. Returns when all are settled, after at most two seconds.
  void prepare();
  // Sends and receives until the schedule is done and everything has ended. Requests that still
  // have no connection one --timeout after the schedule are dropped. start: as the loop's clock.
  void run(std::int64_t start);

  [[nodiscard]] stats::SecondReports& reports() noexcept {
    return dispatcher_.statistics().reports();
  }
  [[nodiscard]] WorkerResult take_result();

 private:
  void on_timer();
  void tick(std::int64_t now);
  void arm();

  const std::atomic<bool>& stop_;
  net::Loop& loop_;
  Alarm alarm_;
  Dispatcher dispatcher_;
  std::int64_t next_tick_ = kNever;
  std::int64_t ticks_ = 0;
  WorkerResult result_;
};

}  // namespace plimsoll::loadgen::client

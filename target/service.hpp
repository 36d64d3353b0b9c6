// What the endpoints share: readiness, the load that /riseload makes, the work pool, held memory,
// metrics and the log. One for the process. Thread-safety: safe, apart from construction and
// stop().
#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/burn/burner.hpp"
#include "core/metrics/registry.hpp"
#include "target/answer.hpp"
#include "target/held_memory.hpp"
#include "target/log.hpp"
#include "target/options.hpp"
#include "target/parameters.hpp"
#include "target/request_metrics.hpp"
#include "target/work_pool.hpp"

namespace plimsoll::target {

// /riseload: one load at a time inside this process, until its time is over.
class RisenLoad {
 public:
  using Clock = std::chrono::steady_clock;

  // Replaces what burns; 0 cores only ends it. Not more than max_cores.
  void start(units::Cores cores, Clock::time_point end);
  void stop();
  // Ends the load when its time is over; to be called every now and then.
  void tick(Clock::time_point now);
  [[nodiscard]] double cores() const;

 private:
  mutable std::mutex mutex_;
  std::unique_ptr<burn::Burner> burner_;
  double cores_ = 0;
  Clock::time_point end_;
};

class RedisClient;

class Service {
 public:
  Service(const Options& options, unsigned work_threads, LogWriter& log);

  [[nodiscard]] Answer root() const;
  [[nodiscard]] Answer bye() const;
  [[nodiscard]] Answer health() const;
  [[nodiscard]] Answer ready() const;
  [[nodiscard]] Answer metrics() const;
  [[nodiscard]] Answer riseload(std::string_view query);
  [[nodiscard]] Answer status(std::string_view path) const;

  void drain() noexcept { draining_ = true; }
  [[nodiscard]] bool draining() const noexcept { return draining_; }

  // Ends everything that runs apart from requests; for the end of the process.
  void stop();

  LogWriter& log;
  metrics::Registry registry;
  RequestMetrics requests;
  HeldMemory memory;
  WorkPool work;
  RisenLoad risen_load;
  RedisClient* redis = nullptr;  // the server's; null without REDIS_URL
  std::atomic<std::int64_t> connections{0};

 private:
  std::atomic<bool> draining_{false};
  std::string root_;
  std::string bye_;
};

// How many CPUs may be used here: the cgroup's limit where there is one, else what the machine
// gives this process. At least a thousandth.
[[nodiscard]] double usable_cores();

}  // namespace plimsoll::target

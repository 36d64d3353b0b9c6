// What the endpoints share: readiness, the load that /riseload makes, the work pool, held memory,
// metrics and the log; and what the quick endpoints answer. One for the process. Thread-safety:
// safe, apart from construction and stop().
#pragma once
#include <atomic>
#include <optional>
#include <string>

#include "core/metrics/registry.hpp"
#include "target/endpoints/request_metrics.hpp"
#include "target/http/answer.hpp"
#include "target/load/held_memory.hpp"
#include "target/load/risen_load.hpp"
#include "target/load/work_pool.hpp"
#include "target/logging/log.hpp"

namespace plimsoll::target::redis {
class Client;
}

namespace plimsoll::target::endpoints {

class Service {
 public:
  // max_memory: what /memory may hold altogether.
  Service(std::optional<units::Bytes> max_memory, unsigned work_threads, logging::LogWriter& log);

  [[nodiscard]] http::Answer root() const;
  [[nodiscard]] http::Answer bye() const;
  [[nodiscard]] http::Answer health() const;
  [[nodiscard]] http::Answer ready() const;
  [[nodiscard]] http::Answer metrics() const;
  [[nodiscard]] http::Answer riseload(std::string_view query);
  [[nodiscard]] http::Answer status(std::string_view path) const;

  void drain() noexcept { draining_ = true; }
  [[nodiscard]] bool draining() const noexcept { return draining_; }

  // Ends everything that runs apart from requests; for the end of the process.
  void stop();

  logging::LogWriter& log;
  metrics::Registry registry;
  RequestMetrics requests;
  load::HeldMemory memory;
  load::WorkPool work;
  load::RisenLoad risen_load;
  redis::Client* counter = nullptr;  // the server's; null without REDIS_URL
  std::atomic<std::int64_t> connections{0};

 private:
  std::atomic<bool> draining_{false};
  std::string root_;
  std::string bye_;
};

}  // namespace plimsoll::target::endpoints

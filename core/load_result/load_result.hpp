// What a load came to: the contents of loadgen's JSON (schema plimsoll.loadgen/v1), and how the
// results of several workers become one. Units: _ns nanoseconds, _s seconds, rates per second.
// Invariants, in the totals and in every phase: scheduled = sent + dropped; sent = completed +
// failed + unfinished. Thread-safety: values, pure functions. Source:
// docs/schemas/loadgen.v1.json.
#pragma once
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/latency/histogram.hpp"
#include "core/result/result.hpp"

namespace plimsoll::load_result {

inline constexpr const char* kSchema = "plimsoll.loadgen/v1";

// A histogram in twelve numbers, all but count in ns.
struct Summary {
  std::int64_t count = 0, min = 0, mean = 0, stddev = 0;
  std::int64_t p50 = 0, p75 = 0, p90 = 0, p95 = 0, p99 = 0, p99_9 = 0, p99_99 = 0;
  std::int64_t max = 0;
};
[[nodiscard]] Summary summary_of(const latency::Histogram& histogram);

struct Requests {
  std::uint64_t scheduled = 0, sent = 0, completed = 0, failed = 0, dropped = 0, unfinished = 0;
  std::uint64_t stale_retries = 0;  // not in sent
};

// In the order in which they are written.
template <typename T>
using Named = std::vector<std::pair<std::string, T>>;

// The part that the totals, each phase and each request of a mix have in common.
struct Statistics {
  Requests requests;
  std::map<std::string, std::uint64_t> status;  // by code: "200"
  Named<std::uint64_t> errors;                  // by kind
  Named<std::string> error_details;             // of the first error of a kind
  Summary latency;                              // planned send -> whole response
  Summary service_time;                         // actual send -> whole response
  Summary send_lag;                             // planned -> actual send
  Summary schedule_lag;                         // planned -> picked up
  Summary failed_latency;                       // planned send -> failure
  std::uint64_t bytes_sent = 0, bytes_received = 0;

  [[nodiscard]] std::uint64_t server_errors() const;  // 5xx, part of completed
};

struct Phase {
  std::string name;
  bool warmup = false;
  double start_s = 0, duration_s = 0;
  std::optional<double> rate_from, rate_to;  // absent in a closed loop
  double rate_achieved = 0;
  Statistics statistics;
};

struct Second {
  std::int64_t t_s = 0;
  std::uint64_t sent = 0, completed = 0, failed = 0;
  std::int64_t p50_ns = 0, p99_ns = 0;
};

struct Generator {
  double cpu_seconds = 0;
  std::uint64_t max_rss_bytes = 0, throttled_periods = 0;
  bool saturated = false;
  std::string reason;  // empty where it is not
};

struct Connections {
  std::uint64_t opened = 0, failed = 0, closed_by_peer = 0, recycled = 0, unasked_data = 0;
};

struct Endpoint {
  std::string address;
  std::uint64_t connections = 0, requests = 0;
};

struct ThresholdOutcome {
  std::string expr;
  std::optional<double> value;  // absent: no data
  bool ok = false;
};

struct LoadResult {
  std::string version;
  double started_unix_s = 0;
  std::string protocol;
  nlohmann::ordered_json config = nlohmann::ordered_json::object();  // carried, never looked into
  Statistics totals;                                                 // warm-up left out
  std::optional<double> rate_requested;                              // absent in a closed loop
  double rate_achieved = 0;
  double duration_s = 0;
  Generator generator;
  Connections connections;
  std::vector<Endpoint> endpoints;
  std::map<std::string, std::uint64_t> pods;  // completed, by the header that names the pod
  std::vector<Second> series;
  std::vector<Phase> phases;  // empty where there is one
  Named<Statistics> mix;
  // HdrHistogram V2 in base64 (core/latency); empty: not there.
  std::string latency_histogram, service_time_histogram;
  std::vector<ThresholdOutcome> thresholds;
  std::string verdict;
  std::string reason;  // empty: passed
  int exit_code = 0;
};

// Keys in the documented order.
[[nodiscard]] nlohmann::ordered_json to_json(const LoadResult& result);
// Errors (unavailable): another schema, or a key that every result has is missing or of another
// type; the message names it. Keys that it does not know are left out.
[[nodiscard]] Result<LoadResult> from_json(const nlohmann::ordered_json& json);

// One result for several workers that ran at the same time. Counts and rates add up. Latency and
// service time are those of all samples where every part that has samples has its histogram: what
// one worker would have measured. Otherwise, and for the lags, the phases, the mix and the seconds,
// percentiles cannot be merged and the worst one counts. Config, version and protocol are those of
// the first part; verdict, reason and exit code those of the first that did not pass. Error: a
// histogram that cannot be read, or no part.
[[nodiscard]] Result<LoadResult> merge(const std::vector<LoadResult>& parts);

}  // namespace plimsoll::load_result

#include "loadgen/result/exposition.hpp"

#include <fmt/format.h>

#include <iterator>

namespace plimsoll::loadgen::result {
namespace {

constexpr std::string_view kPrefix = "plimsoll_loadgen_";
constexpr double kNanosecondsPerSecond = 1e9;

void put_head(std::string& out, std::string_view name, std::string_view type,
              std::string_view help) {
  fmt::format_to(std::back_inserter(out), "# HELP {0}{1} {3}\n# TYPE {0}{1} {2}\n", kPrefix, name,
                 type, help);
}

// Labels and values are ours: names, numbers. Nothing needs escaping.
void put(std::string& out, std::string_view name, std::string_view label, std::string_view is,
         std::uint64_t value) {
  fmt::format_to(std::back_inserter(out), "{}{}{{{}=\"{}\"}} {}\n", kPrefix, name, label, is,
                 value);
}

void put_counters(std::string& out, const stats::Snapshot& snapshot) {
  const auto& counts = snapshot.counts;
  put_head(out, "requests_total", "counter",
           "Requests so far: scheduled = sent + dropped + in queue; sent = completed + failed + in "
           "flight.");
  put(out, "requests_total", "state", "scheduled", counts.scheduled);
  put(out, "requests_total", "state", "sent", counts.sent);
  put(out, "requests_total", "state", "completed", counts.completed);
  put(out, "requests_total", "state", "failed", counts.failed);
  put(out, "requests_total", "state", "dropped", counts.dropped);
  put_head(out, "responses_total", "counter", "Whole responses by status code.");
  for (std::size_t code = 0; code < snapshot.status.size(); ++code)
    if (snapshot.status[code] > 0)
      put(out, "responses_total", "code", fmt::format("{}", code), snapshot.status[code]);
  put_head(out, "errors_total", "counter",
           "Requests without a whole response, by what went wrong.");
  for (std::size_t kind = 0; kind < net::kErrorKinds; ++kind)
    put(out, "errors_total", "kind", net::kErrorNames[kind], snapshot.errors[kind]);
}

void put_single(std::string& out, std::string_view name, std::string_view type,
                std::string_view help, std::uint64_t value) {
  put_head(out, name, type, help);
  fmt::format_to(std::back_inserter(out), "{}{} {}\n", kPrefix, name, value);
}

void put_histogram(std::string& out, std::string_view name, std::string_view help,
                   const stats::Buckets& buckets) {
  put_head(out, name, "histogram", help);
  const auto bucket = fmt::format("{}_bucket", name);
  for (std::size_t i = 0; i < stats::kBucketBounds.size(); ++i)
    put(out, bucket, "le",
        fmt::format("{}", static_cast<double>(stats::kBucketBounds[i]) / kNanosecondsPerSecond),
        buckets.below[i]);
  put(out, bucket, "le", "+Inf", buckets.count);
  fmt::format_to(std::back_inserter(out), "{0}{1}_sum {2}\n{0}{1}_count {3}\n", kPrefix, name,
                 buckets.sum / kNanosecondsPerSecond, buckets.count);
}

}  // namespace

std::string to_exposition(const stats::Snapshot& snapshot) {
  std::string out;
  put_counters(out, snapshot);
  put_single(out, "in_flight_requests", "gauge",
             "Requests that wait for their response or for a connection to open.",
             snapshot.in_flight);
  put_single(out, "queued_requests", "gauge", "Requests that are due and wait for a connection.",
             snapshot.pending);
  put_single(out, "sent_bytes_total", "counter", "Bytes of requests.", snapshot.counts.bytes_sent);
  put_single(out, "received_bytes_total", "counter", "Bytes of responses.",
             snapshot.counts.bytes_received);
  put_histogram(out, "latency_seconds", "From when a request was due to its whole response.",
                snapshot.latency);
  put_histogram(out, "service_time_seconds",
                "From when a request was really sent to its whole response.",
                snapshot.service_time);
  put_histogram(out, "failed_latency_seconds", "From when a request was due to its failure.",
                snapshot.failed_latency);
  put_histogram(out, "send_lag_seconds", "From when a request was due to when it was sent.",
                snapshot.send_lag);
  put_histogram(out, "schedule_lag_seconds",
                "From when a request was due to when loadgen picked it up: its own lateness.",
                snapshot.schedule_lag);
  return out;
}

}  // namespace plimsoll::loadgen::result

#include "loadgen/stats/thread_statistics.hpp"

#include <algorithm>
#include <utility>

#include "core/latency/v2.hpp"

namespace plimsoll::loadgen::stats {
namespace {

void merge_each(std::vector<PhaseStatistics>& into, const std::vector<PhaseStatistics>& from) {
  into.resize(std::max(into.size(), from.size()));
  for (std::size_t i = 0; i < from.size(); ++i) into[i].merge(from[i]);
}

}  // namespace

void ThreadResult::merge(const ThreadResult& other) {
  merge_each(phases, other.phases);
  merge_each(mix, other.mix);
  connections.add(other.connections);
  pods.merge(other.pods);
  for (const auto& [name, counts] : other.endpoints) {
    endpoints[name].connections += counts.connections;
    endpoints[name].requests += counts.requests;
  }
}

ThreadStatistics::ThreadStatistics(std::vector<bool> warmup, std::size_t mix_entries)
    : warmup_(std::move(warmup)) {
  result_.phases.resize(warmup_.size());
  result_.mix.resize(mix_entries);
}

void ThreadStatistics::scheduled(RequestKey key, std::int64_t lag) {
  for_each(key, [lag](PhaseStatistics& part) {
    ++part.counts.scheduled;
    part.schedule_lag.record(lag);
  });
}

void ThreadStatistics::sent(RequestKey key, std::int64_t lag) {
  for_each(key, [lag](PhaseStatistics& part) {
    ++part.counts.sent;
    part.send_lag.record(lag);
  });
}

void ThreadStatistics::dropped(RequestKey key) {
  for_each(key, [](PhaseStatistics& part) { ++part.counts.dropped; });
}

void ThreadStatistics::retried(RequestKey key) {
  for_each(key, [](PhaseStatistics& part) { ++part.counts.stale_retries; });
}

void ThreadStatistics::completed(RequestKey key, const Response& response) {
  const bool server_error = response.status >= 500 && response.status < 600;
  for_each(key, [&response, server_error](PhaseStatistics& part) {
    part.latency.record(response.latency);
    part.service_time.record(response.service_time);
    ++part.counts.completed;
    ++part.status[response.status];
    if (server_error) ++part.counts.server_errors;
    part.last_end = response.end;
  });
  second_latency_.record(response.latency);
}

void ThreadStatistics::failed(RequestKey key, const net::Failure& failure, std::int64_t latency) {
  for_each(key, [&failure, latency](PhaseStatistics& part) {
    ++part.counts.failed;
    ++part.errors[index(failure.kind)];
    part.keep_detail(index(failure.kind), failure.detail);
    part.failed_latency.record(latency);
  });
}

void ThreadStatistics::transferred(RequestKey key, std::uint64_t bytes_sent,
                                   std::uint64_t bytes_received) {
  for_each(key, [bytes_sent, bytes_received](PhaseStatistics& part) {
    part.counts.bytes_sent += bytes_sent;
    part.counts.bytes_received += bytes_received;
  });
}

void ThreadStatistics::report(std::int64_t second, std::uint64_t in_flight, std::uint64_t pending) {
  Counts total;
  for (const auto& phase : result_.phases) total.add(phase.counts);
  SecondReport report;
  report.second = second;
  report.counts.sent = total.sent - reported_.sent;
  report.counts.completed = total.completed - reported_.completed;
  report.counts.failed = total.failed - reported_.failed;
  report.counts.server_errors = total.server_errors - reported_.server_errors;
  report.in_flight = in_flight;
  report.pending = pending;
  report.latency = latency::encode_counts(second_latency_);
  if (reports_.with_snapshot())
    report.so_far = std::make_unique<Snapshot>(take_snapshot(result_.phases, in_flight, pending));
  reported_ = total;
  second_latency_.reset();
  reports_.put(std::move(report));
}

}  // namespace plimsoll::loadgen::stats

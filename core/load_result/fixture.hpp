// A load result as loadgen would make it of some samples, for tests.
#pragma once
#include <cstdint>
#include <span>

#include "core/latency/v2.hpp"
#include "core/load_result/load_result.hpp"

namespace plimsoll::load_result {

struct Sample {
  std::int64_t t_s = 0;
  int status = 200;  // 0: the request failed by a time-out
  std::int64_t latency = 0;
  std::int64_t service_time = 0;
};

inline LoadResult result_of(std::span<const Sample> samples) {
  LoadResult result;
  latency::Histogram latencies, service_times;
  auto& totals = result.totals;
  for (const auto& sample : samples) {
    while (result.series.size() <= static_cast<std::size_t>(sample.t_s))
      result.series.push_back({static_cast<std::int64_t>(result.series.size()), 0, 0, 0, 0, 0});
    auto& second = result.series[static_cast<std::size_t>(sample.t_s)];
    ++totals.requests.scheduled;
    ++totals.requests.sent;
    ++second.sent;
    totals.bytes_sent += 50;
    if (sample.status == 0) {
      ++totals.requests.failed;
      ++second.failed;
      if (totals.errors.empty()) totals.errors.push_back({"timeout", 0});
      ++totals.errors.front().second;
      continue;
    }
    ++totals.requests.completed;
    ++second.completed;
    ++totals.status[std::to_string(sample.status)];
    totals.bytes_received += 200;
    latencies.record(sample.latency);
    service_times.record(sample.service_time);
  }
  totals.latency = summary_of(latencies);
  totals.service_time = summary_of(service_times);
  result.latency_histogram = latency::encode_v2_base64(latencies);
  result.service_time_histogram = latency::encode_v2_base64(service_times);
  result.duration_s = static_cast<double>(result.series.size());
  result.rate_achieved = static_cast<double>(totals.requests.completed) / 10;
  result.verdict = "passed";
  return result;
}

}  // namespace plimsoll::load_result

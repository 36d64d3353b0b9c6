#include <algorithm>
#include <cmath>

#include "core/latency/v2.hpp"
#include "core/load_result/load_result.hpp"

namespace plimsoll::load_result {
namespace {

// Without histograms: exact in count, min, mean, stddev and max, the worst in percentiles.
void add(Summary& sum, const Summary& part) {
  if (part.count == 0) return;
  if (sum.count == 0) {
    sum = part;
    return;
  }
  const auto n = static_cast<double>(sum.count);
  const auto m = static_cast<double>(part.count);
  const auto mean = static_cast<double>(sum.mean);
  const double apart = static_cast<double>(part.mean) - mean;
  const double variance = (n * std::pow(sum.stddev, 2) + m * std::pow(part.stddev, 2)) / (n + m) +
                          n * m * apart * apart / ((n + m) * (n + m));
  sum.mean = std::llround(mean + apart * m / (n + m));
  sum.stddev = std::llround(std::sqrt(variance));
  sum.count += part.count;
  sum.min = std::min(sum.min, part.min);
  for (auto value : {&Summary::p50, &Summary::p75, &Summary::p90, &Summary::p95, &Summary::p99,
                     &Summary::p99_9, &Summary::p99_99, &Summary::max})
    sum.*value = std::max(sum.*value, part.*value);
}

void add(Requests& sum, const Requests& part) {
  for (auto count : {&Requests::scheduled, &Requests::sent, &Requests::completed, &Requests::failed,
                     &Requests::dropped, &Requests::unfinished, &Requests::stale_retries})
    sum.*count += part.*count;
}

// The entry of that name, added where it is not there.
template <typename T>
T& at(Named<T>& named, const std::string& name) {
  const auto found = std::find_if(named.begin(), named.end(),
                                  [&name](const auto& entry) { return entry.first == name; });
  return found != named.end() ? found->second : named.emplace_back(name, T{}).second;
}

void add(Statistics& sum, const Statistics& part) {
  add(sum.requests, part.requests);
  for (const auto& [code, count] : part.status) sum.status[code] += count;
  for (const auto& [kind, count] : part.errors) at(sum.errors, kind) += count;
  for (const auto& [kind, detail] : part.error_details)
    if (auto& kept = at(sum.error_details, kind); kept.empty()) kept = detail;
  for (auto summary : {&Statistics::latency, &Statistics::service_time, &Statistics::send_lag,
                       &Statistics::schedule_lag, &Statistics::failed_latency})
    add(sum.*summary, part.*summary);
  sum.bytes_sent += part.bytes_sent;
  sum.bytes_received += part.bytes_received;
}

// An absent rate (closed loop) of one part leaves that of all absent.
void add(std::optional<double>& sum, const std::optional<double>& part) {
  sum = sum && part ? std::optional{*sum + *part} : std::nullopt;
}

void add(std::vector<Phase>& sum, const std::vector<Phase>& parts) {
  for (const auto& part : parts) {
    const auto found = std::find_if(
        sum.begin(), sum.end(), [&part](const Phase& phase) { return phase.name == part.name; });
    if (found == sum.end()) {
      sum.push_back(part);
      continue;
    }
    found->duration_s = std::max(found->duration_s, part.duration_s);
    add(found->rate_from, part.rate_from);
    add(found->rate_to, part.rate_to);
    found->rate_achieved += part.rate_achieved;
    add(found->statistics, part.statistics);
  }
}

void add(std::vector<Second>& sum, const std::vector<Second>& parts) {
  for (const auto& part : parts) {
    const auto found =
        std::lower_bound(sum.begin(), sum.end(), part.t_s,
                         [](const Second& second, std::int64_t t) { return second.t_s < t; });
    if (found == sum.end() || found->t_s != part.t_s) {
      sum.insert(found, part);
      continue;
    }
    found->sent += part.sent;
    found->completed += part.completed;
    found->failed += part.failed;
    found->p50_ns = std::max(found->p50_ns, part.p50_ns);
    found->p99_ns = std::max(found->p99_ns, part.p99_ns);
  }
}

void add(Generator& sum, const Generator& part) {
  sum.cpu_seconds += part.cpu_seconds;
  sum.max_rss_bytes += part.max_rss_bytes;
  sum.throttled_periods += part.throttled_periods;
  if (part.saturated && !sum.saturated) sum.reason = part.reason;
  sum.saturated = sum.saturated || part.saturated;
}

void add(Connections& sum, const Connections& part) {
  for (auto count : {&Connections::opened, &Connections::failed, &Connections::closed_by_peer,
                     &Connections::recycled, &Connections::unasked_data})
    sum.*count += part.*count;
}

void add(std::vector<Endpoint>& sum, const std::vector<Endpoint>& parts) {
  for (const auto& part : parts) {
    const auto found = std::find_if(sum.begin(), sum.end(), [&part](const Endpoint& endpoint) {
      return endpoint.address == part.address;
    });
    if (found == sum.end()) {
      sum.push_back(part);
      continue;
    }
    found->connections += part.connections;
    found->requests += part.requests;
  }
}

void add(LoadResult& sum, const LoadResult& part) {
  sum.started_unix_s = std::min(sum.started_unix_s, part.started_unix_s);
  add(sum.totals, part.totals);
  add(sum.rate_requested, part.rate_requested);
  sum.rate_achieved += part.rate_achieved;
  sum.duration_s = std::max(sum.duration_s, part.duration_s);
  add(sum.generator, part.generator);
  add(sum.connections, part.connections);
  add(sum.endpoints, part.endpoints);
  for (const auto& [pod, count] : part.pods) sum.pods[pod] += count;
  add(sum.series, part.series);
  add(sum.phases, part.phases);
  for (const auto& [name, statistics] : part.mix) add(at(sum.mix, name), statistics);
  sum.thresholds.insert(sum.thresholds.end(), part.thresholds.begin(), part.thresholds.end());
  if (sum.exit_code == 0 && part.exit_code != 0) {
    sum.verdict = part.verdict;
    sum.reason = part.reason;
    sum.exit_code = part.exit_code;
  }
}

// The sum of the histograms; its summary replaces that of merged percentiles. V2 keeps the bucket
// of min and max, the summaries have them exactly.
Result<void> merge_histograms(const std::vector<LoadResult>& parts, std::string LoadResult::*text,
                              Summary Statistics::*summary, LoadResult& sum) {
  latency::Histogram all;
  (sum.*text).clear();
  for (const auto& part : parts) {
    if ((part.*text).empty() && (part.totals.*summary).count == 0) continue;
    if ((part.*text).empty()) return {};
    const auto histogram = latency::decode_v2_base64(part.*text);
    if (!histogram) return histogram.error();
    all.merge(*histogram);
  }
  auto merged = summary_of(all);
  merged.min = (sum.totals.*summary).min;
  merged.max = (sum.totals.*summary).max;
  for (auto value : {&Summary::p50, &Summary::p75, &Summary::p90, &Summary::p95, &Summary::p99,
                     &Summary::p99_9, &Summary::p99_99})
    merged.*value = std::min(merged.*value, merged.max);
  sum.totals.*summary = merged;
  sum.*text = latency::encode_v2_base64(all);
  return {};
}

}  // namespace

Result<LoadResult> merge(const std::vector<LoadResult>& parts) {
  if (parts.empty()) return unavailable("no load result to merge");
  LoadResult sum = parts.front();
  if (parts.size() == 1) return sum;
  for (auto part = parts.begin() + 1; part != parts.end(); ++part) add(sum, *part);
  if (const auto merged =
          merge_histograms(parts, &LoadResult::latency_histogram, &Statistics::latency, sum);
      !merged)
    return merged.error();
  if (const auto merged = merge_histograms(parts, &LoadResult::service_time_histogram,
                                           &Statistics::service_time, sum);
      !merged)
    return merged.error();
  return sum;
}

}  // namespace plimsoll::load_result

#include <nlohmann/json.hpp>

#include "core/latency/v2.hpp"
#include "core/load_result/load_result.hpp"
#include "loadgen/result/report.hpp"

namespace plimsoll::loadgen::result {
namespace {

using Json = nlohmann::ordered_json;

load_result::Statistics statistics_of(const stats::PhaseStatistics& record) {
  const auto& counts = record.counts;
  load_result::Statistics statistics;
  statistics.requests = {counts.scheduled, counts.sent,         counts.completed,    counts.failed,
                         counts.dropped,   counts.unfinished(), counts.stale_retries};
  for (std::size_t code = 0; code < record.status.size(); ++code)
    if (record.status[code] != 0) statistics.status[std::to_string(code)] = record.status[code];
  for (std::size_t kind = 0; kind < net::kErrorKinds; ++kind) {
    const std::string name{net::kErrorNames[kind]};
    if (record.errors[kind] != 0) statistics.errors.emplace_back(name, record.errors[kind]);
    if (!record.error_details[kind].empty())
      statistics.error_details.emplace_back(name, record.error_details[kind]);
  }
  statistics.latency = load_result::summary_of(record.latency);
  statistics.service_time = load_result::summary_of(record.service_time);
  statistics.send_lag = load_result::summary_of(record.send_lag);
  statistics.schedule_lag = load_result::summary_of(record.schedule_lag);
  statistics.failed_latency = load_result::summary_of(record.failed_latency);
  statistics.bytes_sent = counts.bytes_sent;
  statistics.bytes_received = counts.bytes_received;
  return statistics;
}

Json config_json(const plan::Plan& plan) {
  const auto& options = plan.options;
  Json json = {{"url", options.url},
               {"method", options.request.method},
               {"loop", plan.open_loop ? "open" : "closed"},
               {"connections", plan.connections},
               {"threads", plan.threads},
               {"timeout_s", units::seconds(options.timeout)},
               {"warmup_s", units::seconds(options.warmup)},
               {"seed", options.seed}};
  if (plan.open_loop)
    json["arrivals"] = options.arrivals == schedule::ArrivalKind::kPoisson ? "poisson" : "constant";
  if (options.shape) json["shape"] = options.shape->text;
  if (const auto& think = options.think)
    json["think_s"] = {{"min", units::seconds(think->shortest)},
                       {"max", units::seconds(think->longest)}};
  if (options.requests) json["requests"] = *options.requests;
  if (options.http2) json["streams"] = options.streams;
  if (options.connection_requests) json["connection_requests"] = *options.connection_requests;
  if (options.connection_age) json["connection_age_s"] = units::seconds(*options.connection_age);
  if (options.max_queue) json["max_queue"] = *options.max_queue;
  return json;
}

// The rate that was asked for, averaged over the measured phases; absent in a closed loop.
std::optional<double> requested_rate(const plan::Plan& plan) {
  if (!plan.open_loop) return std::nullopt;
  const auto warmup = plan.options.warmup;
  return (plan.profile.total() - plan.profile.arrivals_before(warmup)) /
         units::seconds(plan.duration - warmup);
}

void fill_parts(const plan::Plan& plan, const RunResult& result, load_result::LoadResult& load) {
  for (const auto& point : result.series)
    load.series.push_back(
        {point.second, point.sent, point.completed, point.failed, point.p50, point.p99});
  if (result.phases.size() > 1)
    for (const auto& part : result.phases)
      load.phases.push_back({part.phase.name, part.phase.warmup, units::seconds(part.phase.start),
                             part.duration_s, part.phase.from_rate, part.phase.to_rate,
                             achieved_rate(part), statistics_of(part.record)});
  for (std::size_t i = 0; i < result.mix.size(); ++i)
    load.mix.emplace_back(plan.mix.entries[i].name, statistics_of(result.mix[i]));
  for (const auto& threshold : result.thresholds)
    load.thresholds.push_back({threshold.expr, threshold.value, threshold.ok});
}

void fill_connections(const RunResult& result, load_result::LoadResult& load) {
  const auto& connections = result.connections;
  load.connections = {connections.opened, connections.failed, connections.closed_by_peer,
                      connections.recycled, connections.unasked};
  for (const auto& [address, counts] : result.endpoints)
    load.endpoints.push_back({address, counts.connections, counts.requests});
  for (const auto& [pod, count] : result.pods.by_value()) load.pods.emplace(pod, count);
}

load_result::LoadResult load_result_of(const plan::Plan& plan, const RunResult& result) {
  load_result::LoadResult load;
  load.version = PLIMSOLL_VERSION;
  load.started_unix_s = std::chrono::duration<double>(result.started.time_since_epoch()).count();
  load.protocol = plan.options.http2 ? "HTTP/2" : "HTTP/1.1";
  load.config = config_json(plan);
  load.totals = statistics_of(result.totals);
  load.rate_requested = requested_rate(plan);
  load.rate_achieved = achieved_rate(result);
  load.duration_s = result.duration_s;
  const auto& generator = result.generator;
  load.generator = {generator.cpu_seconds, generator.max_rss_bytes, generator.throttled_periods,
                    generator.saturation.saturated, generator.saturation.reason};
  fill_connections(result, load);
  fill_parts(plan, result, load);
  load.latency_histogram = latency::encode_v2_base64(result.totals.latency);
  load.service_time_histogram = latency::encode_v2_base64(result.totals.service_time);
  load.verdict = name(result.verdict);
  load.reason = result.reason;
  load.exit_code = number(result.exit_code);
  return load;
}

}  // namespace

std::string to_json(const plan::Plan& plan, const RunResult& result) {
  // Header values and names of stages may be any bytes.
  return load_result::to_json(load_result_of(plan, result))
             .dump(2, ' ', false, Json::error_handler_t::replace) +
         "\n";
}

}  // namespace plimsoll::loadgen::result

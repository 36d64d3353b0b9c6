#include <cmath>
#include <nlohmann/json.hpp>

#include "core/latency/v2.hpp"
#include "loadgen/result/report.hpp"

namespace plimsoll::loadgen::result {
namespace {

using Json = nlohmann::ordered_json;

Json histogram_json(const latency::Histogram& histogram) {
  return {{"count", histogram.count()},
          {"min", histogram.min()},
          {"mean", std::llround(histogram.mean())},
          {"stddev", std::llround(histogram.stddev())},
          {"p50", histogram.percentile(50)},
          {"p75", histogram.percentile(75)},
          {"p90", histogram.percentile(90)},
          {"p95", histogram.percentile(95)},
          {"p99", histogram.percentile(99)},
          {"p99_9", histogram.percentile(99.9)},
          {"p99_99", histogram.percentile(99.99)},
          {"max", histogram.max()}};
}

// The part that the totals and each phase have in common.
void put_record(Json& json, const stats::PhaseStatistics& record) {
  const auto& counts = record.counts;
  json["requests"] = {{"scheduled", counts.scheduled},
                      {"sent", counts.sent},
                      {"completed", counts.completed},
                      {"failed", counts.failed},
                      {"dropped", counts.dropped},
                      {"unfinished", counts.unfinished()},
                      {"stale_retries", counts.stale_retries}};
  json["status"] = Json::object();
  for (std::size_t code = 0; code < record.status.size(); ++code)
    if (record.status[code] != 0) json["status"][std::to_string(code)] = record.status[code];
  json["errors"] = Json::object();
  for (std::size_t kind = 0; kind < net::kErrorKinds; ++kind)
    if (record.errors[kind] != 0)
      json["errors"][std::string(net::kErrorNames[kind])] = record.errors[kind];
  json["error_details"] = Json::object();
  for (std::size_t kind = 0; kind < net::kErrorKinds; ++kind)
    if (!record.error_details[kind].empty())
      json["error_details"][std::string(net::kErrorNames[kind])] = record.error_details[kind];
  json["latency_ns"] = histogram_json(record.latency);
  json["service_time_ns"] = histogram_json(record.service_time);
  json["send_lag_ns"] = histogram_json(record.send_lag);
  json["schedule_lag_ns"] = histogram_json(record.schedule_lag);
  json["failed_latency_ns"] = histogram_json(record.failed_latency);
  json["bytes"] = {{"sent", counts.bytes_sent}, {"received", counts.bytes_received}};
}

Json number_or_null(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
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

Json phase_json(const PhaseResult& part) {
  Json json = {{"name", part.phase.name},
               {"warmup", part.phase.warmup},
               {"start_s", units::seconds(part.phase.start)},
               {"duration_s", part.duration_s}};
  json["rate"] = {{"from", number_or_null(part.phase.from_rate)},
                  {"to", number_or_null(part.phase.to_rate)},
                  {"achieved", achieved_rate(part)}};
  put_record(json, part.record);
  return json;
}

Json series_json(const std::vector<SeriesPoint>& series) {
  Json json = Json::array();
  for (const auto& point : series)
    json.push_back({{"t_s", point.second},
                    {"sent", point.sent},
                    {"completed", point.completed},
                    {"failed", point.failed},
                    {"p50_ns", point.p50},
                    {"p99_ns", point.p99}});
  return json;
}

void put_connections(Json& json, const RunResult& result) {
  const auto& connections = result.connections;
  json["connections"] = {{"opened", connections.opened},
                         {"failed", connections.failed},
                         {"closed_by_peer", connections.closed_by_peer},
                         {"recycled", connections.recycled},
                         {"unasked_data", connections.unasked}};
  json["endpoints"] = Json::array();
  for (const auto& [address, counts] : result.endpoints)
    json["endpoints"].push_back(
        {{"address", address}, {"connections", counts.connections}, {"requests", counts.requests}});
  const auto& pods = result.pods.by_value();
  if (!pods.empty()) json["pods"] = pods;
}

}  // namespace

std::string to_json(const plan::Plan& plan, const RunResult& result) {
  Json json;
  json["schema"] = "plimsoll.loadgen/v1";
  json["version"] = PLIMSOLL_VERSION;
  json["started_unix_s"] = std::chrono::duration<double>(result.started.time_since_epoch()).count();
  json["protocol"] = plan.options.http2 ? "HTTP/2" : "HTTP/1.1";
  json["config"] = config_json(plan);
  put_record(json, result.totals);
  json["rate"] = {{"requested", number_or_null(requested_rate(plan))},
                  {"achieved", achieved_rate(result)}};
  json["duration_s"] = result.duration_s;
  const auto& generator = result.generator;
  json["generator"] = {{"cpu_seconds", generator.cpu_seconds},
                       {"max_rss_bytes", generator.max_rss_bytes},
                       {"throttled_periods", generator.throttled_periods},
                       {"saturated", generator.saturation.saturated},
                       {"reason", generator.saturation.saturated ? Json(generator.saturation.reason)
                                                                 : Json(nullptr)}};
  put_connections(json, result);
  json["series"] = series_json(result.series);
  if (result.phases.size() > 1) {
    json["phases"] = Json::array();
    for (const auto& part : result.phases) json["phases"].push_back(phase_json(part));
  }
  if (!result.mix.empty()) {
    json["mix"] = Json::object();
    for (std::size_t i = 0; i < result.mix.size(); ++i)
      put_record(json["mix"][plan.mix.entries[i].name], result.mix[i]);
  }
  json["histogram"] = {{"latency", latency::encode_v2_base64(result.totals.latency)},
                       {"service_time", latency::encode_v2_base64(result.totals.service_time)}};
  json["thresholds"] = Json::array();
  for (const auto& threshold : result.thresholds)
    json["thresholds"].push_back({{"expr", threshold.expr},
                                  {"value", number_or_null(threshold.value)},
                                  {"ok", threshold.ok}});
  json["verdict"] = name(result.verdict);
  json["reason"] = result.reason.empty() ? Json(nullptr) : Json(result.reason);
  json["exit_code"] = number(result.exit_code);
  // Header values and names of stages may be any bytes.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace plimsoll::loadgen::result

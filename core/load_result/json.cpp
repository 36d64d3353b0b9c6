#include <fmt/format.h>

#include "core/load_result/load_result.hpp"

namespace plimsoll::load_result {
namespace {

using Json = nlohmann::ordered_json;

// The two directions. Each struct names its keys once, below, for both.
struct Write {
  static constexpr bool kReads = false;
  Json json = Json::object();

  template <typename T>
  void value(const char* key, const T& value) {
    json[key] = value;
  }
  template <typename T>
  void value(const char* key, const std::optional<T>& value) {
    json[key] = value ? Json(*value) : Json(nullptr);
  }
  void text_or_null(const char* key, const std::string& text) {
    json[key] = text.empty() ? Json(nullptr) : Json(text);
  }
  template <typename Keys>
  void object(const char* key, Keys keys) {
    Write inner;
    keys(inner);
    json[key] = std::move(inner.json);
  }
  template <typename T>
  void named(const char* key, const Named<T>& values) {
    auto& object = json[key] = Json::object();
    for (const auto& [name, value] : values) object[name] = value;
  }
  template <typename T, typename Keys>
  void list(const char* key, const std::vector<T>& items, Keys keys) {
    auto& array = json[key] = Json::array();
    for (const auto& item : items) {
      Write inner;
      keys(inner, item);
      array.push_back(std::move(inner.json));
    }
  }
};

// A missing key and a value of another type throw what nlohmann::json throws.
struct Read {
  static constexpr bool kReads = true;
  const Json& json;

  template <typename T>
  void value(const char* key, T& value) const {
    json.at(key).get_to(value);
  }
  template <typename T>
  void value(const char* key, std::optional<T>& value) const {
    if (const auto& found = json.at(key); !found.is_null()) value = found.template get<T>();
  }
  void text_or_null(const char* key, std::string& text) const {
    if (const auto& found = json.at(key); !found.is_null()) found.get_to(text);
  }
  template <typename Keys>
  void object(const char* key, Keys keys) const {
    Read inner{json.at(key)};
    keys(inner);
  }
  template <typename T>
  void named(const char* key, Named<T>& values) const {
    for (const auto& [name, value] : json.at(key).items())
      values.emplace_back(name, value.template get<T>());
  }
  template <typename T, typename Keys>
  void list(const char* key, std::vector<T>& items, Keys keys) const {
    for (const auto& item : json.at(key)) {
      Read inner{item};
      keys(inner, items.emplace_back());
    }
  }
};

void summary_keys(auto& at, const char* key, auto& summary) {
  at.object(key, [&](auto& of) {
    of.value("count", summary.count);
    of.value("min", summary.min);
    of.value("mean", summary.mean);
    of.value("stddev", summary.stddev);
    of.value("p50", summary.p50);
    of.value("p75", summary.p75);
    of.value("p90", summary.p90);
    of.value("p95", summary.p95);
    of.value("p99", summary.p99);
    of.value("p99_9", summary.p99_9);
    of.value("p99_99", summary.p99_99);
    of.value("max", summary.max);
  });
}

void statistics_keys(auto& at, auto& statistics) {
  at.object("requests", [&](auto& of) {
    auto& requests = statistics.requests;
    of.value("scheduled", requests.scheduled);
    of.value("sent", requests.sent);
    of.value("completed", requests.completed);
    of.value("failed", requests.failed);
    of.value("dropped", requests.dropped);
    of.value("unfinished", requests.unfinished);
    of.value("stale_retries", requests.stale_retries);
  });
  at.value("status", statistics.status);
  at.named("errors", statistics.errors);
  at.named("error_details", statistics.error_details);
  summary_keys(at, "latency_ns", statistics.latency);
  summary_keys(at, "service_time_ns", statistics.service_time);
  summary_keys(at, "send_lag_ns", statistics.send_lag);
  summary_keys(at, "schedule_lag_ns", statistics.schedule_lag);
  summary_keys(at, "failed_latency_ns", statistics.failed_latency);
  at.object("bytes", [&](auto& of) {
    of.value("sent", statistics.bytes_sent);
    of.value("received", statistics.bytes_received);
  });
}

void generator_keys(auto& at, auto& generator) {
  at.value("cpu_seconds", generator.cpu_seconds);
  at.value("max_rss_bytes", generator.max_rss_bytes);
  at.value("throttled_periods", generator.throttled_periods);
  at.value("saturated", generator.saturated);
  at.text_or_null("reason", generator.reason);
}

void connections_keys(auto& at, auto& result) {
  at.object("connections", [&](auto& of) {
    of.value("opened", result.connections.opened);
    of.value("failed", result.connections.failed);
    of.value("closed_by_peer", result.connections.closed_by_peer);
    of.value("recycled", result.connections.recycled);
    of.value("unasked_data", result.connections.unasked_data);
  });
  at.list("endpoints", result.endpoints, [](auto& of, auto& endpoint) {
    of.value("address", endpoint.address);
    of.value("connections", endpoint.connections);
    of.value("requests", endpoint.requests);
  });
}

void second_keys(auto& at, auto& second) {
  at.value("t_s", second.t_s);
  at.value("sent", second.sent);
  at.value("completed", second.completed);
  at.value("failed", second.failed);
  at.value("p50_ns", second.p50_ns);
  at.value("p99_ns", second.p99_ns);
}

void phase_keys(auto& at, auto& phase) {
  at.value("name", phase.name);
  at.value("warmup", phase.warmup);
  at.value("start_s", phase.start_s);
  at.value("duration_s", phase.duration_s);
  at.object("rate", [&](auto& of) {
    of.value("from", phase.rate_from);
    of.value("to", phase.rate_to);
    of.value("achieved", phase.rate_achieved);
  });
  statistics_keys(at, phase.statistics);
}

// Parts that a result has only where they say something.
template <typename At>
bool has(const At& at, const char* key, bool filled) {
  if constexpr (At::kReads) return at.json.contains(key);
  return filled;
}

void mix_keys(Write& at, const Named<Statistics>& mix) {
  at.object("mix", [&](auto& of) {
    for (const auto& entry : mix)
      of.object(entry.first.c_str(), [&](auto& inner) { statistics_keys(inner, entry.second); });
  });
}

void mix_keys(const Read& at, Named<Statistics>& mix) {
  for (const auto& [name, statistics] : at.json.at("mix").items()) {
    Read inner{statistics};
    statistics_keys(inner, mix.emplace_back(name, Statistics{}).second);
  }
}

void result_keys(auto& at, auto& result) {
  at.value("version", result.version);
  at.value("started_unix_s", result.started_unix_s);
  at.value("protocol", result.protocol);
  at.value("config", result.config);
  statistics_keys(at, result.totals);
  at.object("rate", [&](auto& of) {
    of.value("requested", result.rate_requested);
    of.value("achieved", result.rate_achieved);
  });
  at.value("duration_s", result.duration_s);
  at.object("generator", [&](auto& of) { generator_keys(of, result.generator); });
  connections_keys(at, result);
  if (has(at, "pods", !result.pods.empty())) at.value("pods", result.pods);
  at.list("series", result.series, [](auto& of, auto& second) { second_keys(of, second); });
  if (has(at, "phases", !result.phases.empty()))
    at.list("phases", result.phases, [](auto& of, auto& phase) { phase_keys(of, phase); });
  if (has(at, "mix", !result.mix.empty())) mix_keys(at, result.mix);
  if (has(at, "histogram", !result.latency_histogram.empty()))
    at.object("histogram", [&](auto& of) {
      of.value("latency", result.latency_histogram);
      of.value("service_time", result.service_time_histogram);
    });
  at.list("thresholds", result.thresholds, [](auto& of, auto& threshold) {
    of.value("expr", threshold.expr);
    of.value("value", threshold.value);
    of.value("ok", threshold.ok);
  });
  at.value("verdict", result.verdict);
  at.text_or_null("reason", result.reason);
  at.value("exit_code", result.exit_code);
}

}  // namespace

Json to_json(const LoadResult& result) {
  Write at;
  at.value("schema", kSchema);
  result_keys(at, result);
  return std::move(at.json);
}

Result<LoadResult> from_json(const Json& json) {
  try {
    if (const auto schema = json.at("schema").get<std::string>(); schema != kSchema)
      return unavailable(fmt::format("'{}' is not a load result: {} is", schema, kSchema));
    LoadResult result;
    Read at{json};
    result_keys(at, result);
    return result;
  } catch (const Json::exception& error) {
    return unavailable(fmt::format("not a load result: {}", error.what()));
  }
}

}  // namespace plimsoll::load_result

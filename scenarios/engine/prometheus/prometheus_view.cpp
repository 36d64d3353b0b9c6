#include "scenarios/engine/prometheus/prometheus_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "scenarios/engine/kube/cluster_api.hpp"

namespace plimsoll::engine::prometheus {
using nlohmann::json;

namespace {

log::LabelMap view_labels(const json& labels) {
  log::LabelMap seen;
  if (labels.is_object())
    for (const auto& [key, value] : labels.items())
      if (value.is_string()) seen[key] = value.get<std::string>();
  return seen;
}

Error odd(const std::string& what) {
  return unavailable(fmt::format("the answer to {} has an unknown shape", what));
}

bool of_namespace(const log::LabelMap& labels, const std::string& in_namespace) {
  const auto found = labels.find("namespace");
  return found == labels.end() || found->second == in_namespace;
}

// Prometheus writes values as strings, among them NaN, +Inf and -Inf.
double sample_value(const json& value) {
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (text == "NaN") return std::nan("");
  if (text == "+Inf" || text == "Inf") return std::numeric_limits<double>::infinity();
  if (text == "-Inf") return -std::numeric_limits<double>::infinity();
  double number = std::nan("");
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Error refused(const json& answer) {
  return unavailable(fmt::format("Prometheus says: {}: {}", kube::text_at(answer, "errorType"),
                                 kube::text_at(answer, "error")));
}

log::AlertRule view_rule(const json& rule, const std::string& group, const std::string& run,
                         const std::string& in_namespace) {
  log::AlertRule seen;
  seen.name = kube::text_at(rule, "name");
  seen.group = group;
  seen.health = kube::text_at(rule, "health");
  seen.last_error = kube::text_at(rule, "lastError");
  seen.own = kube::text_at(rule, "labels", kRunLabel) == run;
  if (!rule.contains("alerts") || !rule["alerts"].is_array()) return seen;
  for (const auto& alert : rule["alerts"]) {
    log::AlertInstance instance{kube::text_at(alert, "state"),
                                view_labels(alert.value("labels", json::object())),
                                kube::text_at(alert, "activeAt")};
    if (of_namespace(instance.labels, in_namespace)) seen.alerts.push_back(std::move(instance));
  }
  // Prometheus keeps them in a map; a fixed order shows what really changed.
  std::sort(seen.alerts.begin(), seen.alerts.end(),
            [](const auto& a, const auto& b) { return a.labels < b.labels; });
  return seen;
}

log::DeliveredAlert view_delivered(const json& alert) {
  return {kube::text_at(alert, "status"), view_labels(alert.value("labels", json::object())),
          kube::text_at(alert, "startsAt"), kube::text_at(alert, "endsAt"),
          kube::text_at(alert, "fingerprint")};
}

}  // namespace

Result<log::AlertsObservation> view_rules(const json& answer, const std::string& run,
                                          const std::string& in_namespace,
                                          const std::set<std::string>& named) {
  if (kube::text_at(answer, "status") == "error") return refused(answer);
  if (!answer.is_object() || !answer.contains("data") || !answer["data"].contains("groups") ||
      !answer["data"]["groups"].is_array())
    return odd("/api/v1/rules");
  log::AlertsObservation seen;
  for (const auto& group : answer["data"]["groups"]) {
    if (!group.contains("rules")) continue;
    for (const auto& rule : group["rules"]) {
      auto one = view_rule(rule, kube::text_at(group, "name"), run, in_namespace);
      if (one.own || named.contains(one.name)) seen.rules.push_back(std::move(one));
    }
  }
  return seen;
}

Result<log::PromqlObservation> view_query(const json& answer, const std::string& expr) {
  if (kube::text_at(answer, "status") == "error") return refused(answer);
  if (!answer.is_object() || !answer.contains("data") || !answer["data"].contains("result"))
    return odd("/api/v1/query");
  const auto& data = answer["data"];
  const auto& result = data["result"];
  const auto type = kube::text_at(data, "resultType");
  log::PromqlObservation seen{expr, {}};
  if (type == "scalar" && result.is_array() && result.size() == 2) {
    seen.samples.push_back({{}, sample_value(result[1])});
    return seen;
  }
  if (type != "vector" || !result.is_array())
    return unavailable(
        fmt::format("the PromQL expression gives a {}, not a vector or a scalar: {}", type, expr));
  for (const auto& series : result) {
    if (!series.contains("value") || series["value"].size() != 2) return odd("/api/v1/query");
    seen.samples.push_back(
        {view_labels(series.value("metric", json::object())), sample_value(series["value"][1])});
  }
  return seen;
}

Result<std::vector<Delivered>> view_deliveries(std::string_view lines) {
  std::vector<Delivered> seen;
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size());
    const auto line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (line.empty()) continue;
    const auto one = json::parse(line, nullptr, false);
    if (!one.is_object() || !one.contains("seq") || !one["seq"].is_number_unsigned())
      return odd("/deliveries");
    Delivered delivered;
    delivered.instance = kube::text_at(one, "instance");
    delivered.delivery = {one["seq"].get<std::uint64_t>(),
                          kube::text_at(one, "receiver"),
                          kube::text_at(one, "status"),
                          kube::text_at(one, "groupKey"),
                          {}};
    if (one.contains("alerts"))
      for (const auto& alert : one["alerts"])
        delivered.delivery.alerts.push_back(view_delivered(alert));
    seen.push_back(std::move(delivered));
  }
  return seen;
}

bool concerns(const log::DeliveryObservation& delivery, const std::string& in_namespace) {
  return std::any_of(delivery.alerts.begin(), delivery.alerts.end(),
                     [&](const auto& alert) { return of_namespace(alert.labels, in_namespace); });
}

}  // namespace plimsoll::engine::prometheus

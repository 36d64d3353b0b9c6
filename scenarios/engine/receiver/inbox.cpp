#include "scenarios/engine/receiver/inbox.hpp"

#include <nlohmann/json.hpp>

namespace plimsoll::engine::receiver {
using nlohmann::json;

Inbox::Inbox(std::string instance, std::size_t max_deliveries, std::size_t max_bytes)
    : instance_(std::move(instance)), max_deliveries_(max_deliveries), max_bytes_(max_bytes) {}

Result<std::uint64_t> Inbox::accept(std::string_view body, std::string_view received_at) {
  const auto posted = json::parse(body, nullptr, false);
  if (posted.is_discarded()) return invalid_input("the body is not JSON");
  if (!posted.is_object() || !posted.contains("alerts") || !posted["alerts"].is_array())
    return invalid_input("the body is not an Alertmanager webhook: it has no alerts");
  json line{{"seq", ++last_seq_},
            {"instance", instance_},
            {"received_at", received_at},
            {"receiver", posted.value("receiver", json(""))},
            {"status", posted.value("status", json(""))},
            {"groupKey", posted.value("groupKey", json(""))},
            {"groupLabels", posted.value("groupLabels", json::object())},
            {"truncatedAlerts", posted.value("truncatedAlerts", json(0))},
            {"alerts", json::array()}};
  for (const auto& alert : posted["alerts"]) {
    json one = json::object();
    for (const char* key : {"status", "labels", "annotations", "startsAt", "endsAt", "fingerprint"})
      if (alert.is_object() && alert.contains(key)) one[key] = alert[key];
    line["alerts"].push_back(std::move(one));
  }
  kept_.push_back({last_seq_, line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"});
  bytes_ += kept_.back().line.size();
  while (kept_.size() > 1 && (kept_.size() > max_deliveries_ || bytes_ > max_bytes_)) {
    bytes_ -= kept_.front().line.size();
    kept_.pop_front();
    ++dropped_;
  }
  return last_seq_;
}

std::string Inbox::lines(std::uint64_t after, std::string_view instance) const {
  const bool other = !instance.empty() && instance != instance_;
  std::string text;
  for (const auto& one : kept_)
    if (other || one.seq > after) text += one.line;
  return text;
}

std::string Inbox::health() const {
  return json{{"ok", true},
              {"instance", instance_},
              {"last_seq", last_seq_},
              {"kept", kept_.size()},
              {"dropped", dropped_}}
      .dump();
}

}  // namespace plimsoll::engine::receiver

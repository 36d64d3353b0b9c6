#include "reports/run/result_json.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace plimsoll::reports::run {
namespace {

using Json = nlohmann::ordered_json;

Json time(std::optional<double> seconds) {
  if (!seconds) return nullptr;
  return std::round(*seconds * 1000) / 1000;
}

Json step(const Step& step) {
  return {{"name", step.name},
          {"kind", step.kind},
          {"command", step.command},
          {"start_s", time(step.start)},
          {"end_s", time(step.end)},
          {"ok", step.ok},
          {"exit_code", step.exit_code ? Json(*step.exit_code) : Json()},
          {"message", step.message}};
}

Json claim(const Claim& claim) {
  return {{"id", claim.id},
          {"verdict", to_string(claim.verdict)},
          {"expected", claim.expected},
          {"window", claim.window},
          {"seen", claim.seen},
          {"reason", claim.reason},
          {"at_s", time(claim.at)},
          {"from_s", time(claim.from)},
          {"to_s", time(claim.to)}};
}

Json series(const Series& series) {
  auto points = Json::array();
  for (const auto& [t, value] : series.points) points.push_back(Json::array({time(t), value}));
  return {{"name", series.name},
          {"unit", series.unit},
          {"stepped", series.stepped},
          {"points", std::move(points)}};
}

template <typename Item, typename Convert>
Json all(const std::vector<Item>& items, Convert convert) {
  auto list = Json::array();
  for (const auto& item : items) list.push_back(convert(item));
  return list;
}

// Indented by two, but a list of points stays one line: a chart's worth of them would bury the
// rest.
void print(const Json& json, std::size_t depth, bool flat, std::string& out) {
  if (!json.is_structured() || json.empty() || flat) {
    out += json.dump(-1, ' ', false, Json::error_handler_t::replace);
    return;
  }
  const std::string indent(2 * depth + 2, ' ');
  out += json.is_object() ? '{' : '[';
  for (auto item = json.begin(); item != json.end(); ++item) {
    out += item == json.begin() ? "\n" : ",\n";
    out += indent;
    if (json.is_object()) out += '"' + item.key() + "\": ";
    print(*item, depth + 1, json.is_object() && item.key() == "points", out);
  }
  out += '\n' + indent.substr(2) + (json.is_object() ? '}' : ']');
}

}  // namespace

std::string to_json(const Run& run) {
  const Json json = {{"schema", "plimsoll.result/v1"},
                     {"scenario", run.scenario},
                     {"file", run.file},
                     {"run", run.id},
                     {"context", run.context},
                     {"namespace", run.namespace_name},
                     {"started_at", run.started_at},
                     {"duration_s", time(run.duration_s)},
                     {"verdict", name(run.exit)},
                     {"exit_code", number(run.exit)},
                     {"reasons", run.reasons},
                     {"steps", all(run.steps, step)},
                     {"claims", all(run.claims, claim)},
                     {"series", all(run.series, series)},
                     {"notes", run.notes},
                     {"evidence", run.evidence},
                     {"artefacts", all(run.artefacts, [](const Artefact& artefact) -> Json {
                        return {{"file", artefact.file}, {"what", artefact.what}};
                      })}};
  std::string text;
  print(json, 0, false, text);
  return text + "\n";
}

}  // namespace plimsoll::reports::run

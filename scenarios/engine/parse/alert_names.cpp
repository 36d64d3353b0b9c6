#include "scenarios/engine/parse/alert_names.hpp"

#include "core/yaml/yaml.hpp"

namespace plimsoll::engine::parse {
namespace {

void collect_alerts(const yaml::Node& document, std::vector<std::string>& names) {
  const auto* spec = document.find("spec");
  const auto* groups = (spec != nullptr ? *spec : document).find("groups");
  if (groups == nullptr) return;
  for (const auto& group : groups->items) {
    const auto* rules = group.find("rules");
    if (rules == nullptr) continue;
    for (const auto& rule : rules->items)
      if (const auto* alert = rule.find("alert")) names.push_back(alert->text);
  }
}

}  // namespace

Result<std::vector<std::string>> alerts_defined_in(const std::string& path) {
  const auto documents = yaml::read_file(path);
  if (!documents) return documents.error();
  std::vector<std::string> names;
  for (const auto& document : *documents) collect_alerts(document, names);
  if (names.empty()) return invalid_input(path + ": defines no alert");
  return names;
}

}  // namespace plimsoll::engine::parse

#include "scenarios/engine/judge/looks.hpp"

#include <algorithm>

namespace plimsoll::engine::judge {

void cut_to_window(Looks& looks, const Question& question) {
  auto& all = looks.looks;
  std::erase_if(all, [&](const Look& look) { return look.t > question.to; });
  const auto inside = std::find_if(all.begin(), all.end(),
                                   [&](const Look& look) { return look.t > question.from; });
  if (inside == all.begin()) return;
  all.erase(all.begin(), inside - 1);
  all.front().t = question.from;
}

bool concerns(const log::LabelMap& labels, const model::Labels& wanted, const Question& question) {
  const auto has = [&](const std::string& name, const std::string& value) {
    const auto found = labels.find(name);
    return found != labels.end() && found->second == value;
  };
  if (!has("namespace", question.timeline.run().namespace_name)) return false;
  const auto& pods = question.pods;
  const auto pod = labels.find("pod");
  if (!pods.empty() && pod != labels.end() &&
      std::find(pods.begin(), pods.end(), pod->second) == pods.end()) {
    return false;
  }
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](const auto& label) { return has(label.first, label.second); });
}

}  // namespace plimsoll::engine::judge

#include "scenarios/engine/run/plan.hpp"

#include <fmt/format.h>

#include <ctime>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <string_view>

#include "scenarios/engine/parse/parse.hpp"

namespace plimsoll::engine::run {
namespace {

// Six letters and digits fit into names and are unique enough here.
std::string new_run_id() {
  constexpr std::string_view kAlphabet = "abcdefghijkmnpqrstuvwxyz23456789";
  std::random_device random;
  std::string id;
  for (int i = 0; i < 6; ++i) id += kAlphabet[random() % kAlphabet.size()];
  return id;
}

// plimsoll-SCENARIO-ID, at most 63 bytes as a DNS label has to be.
std::string namespace_for(const std::string& scenario, const std::string& run) {
  std::string middle = scenario.substr(0, 63 - std::string_view{"plimsoll--"}.size() - run.size());
  while (middle.ends_with('-')) middle.pop_back();
  return fmt::format("plimsoll-{}-{}", middle, run);
}

std::string time_stamp() {
  const auto now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  char text[32];
  const auto length = std::strftime(text, sizeof text, "%Y%m%d-%H%M%S", &local);
  return {text, length};
}

}  // namespace

Planned read_plans(const RunOptions& options) {
  Planned planned;
  std::map<std::string, int> seen;
  const auto note = [&planned](const parse::Loaded& loaded) {
    planned.problems.insert(planned.problems.end(), loaded.problems.begin(), loaded.problems.end());
    return loaded.problems.empty();
  };
  for (const auto& file : options.files) {
    const auto first = parse::load_file(file, {.set = options.set});
    if (!note(first)) continue;
    for (std::size_t i = 0; i < first.scenarios.size(); ++i) {
      const auto& name = first.scenarios[i].name;
      RunPlan plan;
      plan.run = new_run_id();
      plan.title = ++seen[name] == 1 ? name : fmt::format("{}-{}", name, seen[name]);
      plan.in_namespace =
          options.in_namespace.empty() ? namespace_for(name, plan.run) : options.in_namespace;
      // Again, now that its name has given it a namespace for ${namespace} to stand for.
      auto loaded = parse::load_file(
          file, {.set = options.set, .run = plan.run, .namespace_name = plan.in_namespace});
      if (!note(loaded)) return planned;
      plan.scenario = std::move(loaded.scenarios.at(i));
      plan.image_prefix = options.image_prefix;
      planned.plans.push_back(std::move(plan));
    }
  }
  return planned;
}

Result<void> choose_folders(const RunOptions& options, std::vector<RunPlan>& plans) {
  std::set<std::string> taken;
  for (auto& plan : plans) {
    plan.out = options.out.empty() ? fmt::format("runs/{}-{}", plan.scenario.name, time_stamp())
               : plans.size() == 1 ? options.out
                                   : fmt::format("{}/{}", options.out, plan.scenario.name);
    const std::string base = plan.out;
    for (int i = 2; !taken.insert(plan.out).second; ++i) plan.out = fmt::format("{}-{}", base, i);
    if (std::filesystem::exists(plan.out + "/observations.jsonl"))
      return invalid_input(fmt::format("--out: {} holds another run; name a new folder", plan.out));
  }
  return {};
}

}  // namespace plimsoll::engine::run

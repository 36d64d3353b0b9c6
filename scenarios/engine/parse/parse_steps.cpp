// Steps from YAML: wait, sleep, load, exec.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scenarios/engine/parse/parse_parts.hpp"

namespace plimsoll::engine::parse {
namespace {

using yaml::Node;

// loadgen's flags that a scenario may set and that have no key of their own here. What writes files
// or reads them is left out: the Job has none.
constexpr std::array kLoadFlags = {"threads",        "requests", "warmup", "timeout",
                                   "method",         "header",   "body",   "connection-requests",
                                   "connection-age", "abort-on", "seed",   "max-queue",
                                   "abort-grace",    "think",    "shape",  "pod-header"};
constexpr std::array kLoadFileFlags = {"body-file", "mix", "hdr", "hdr-log", "html", "json"};

model::Wait parse_wait(const Node& node, std::optional<units::Duration>& by, Problems& problems) {
  Fields fields(node, model::Wait::kKey, problems);
  model::Wait wait;
  if (!fields.usable()) return wait;
  const auto ready = [&](const Node& value) {
    if (!fields.boolean("ready", true)) problems.add(value, "'ready' can only be true");
    wait.what = model::WaitReady{};
  };
  const auto hpa = [&](const Node& value) {
    Fields inner(value, "wait.hpa", problems);
    const auto condition = inner.need_parsed("condition", parse_condition);
    inner.finish();
    wait.what = model::WaitHpa{condition.value_or(model::Condition{})};
  };
  const auto step = [&](const Node&) { wait.what = model::WaitStep{fields.text("for")}; };
  fields.exactly_one({{"ready", ready}, {"hpa", hpa}, {"for", step}});
  if (const auto limit = fields.duration("by")) {
    if (by) problems.add(*node.find("by"), "'by' is given twice: in wait and beside it");
    by = limit;
  }
  fields.finish();
  return wait;
}

Result<std::pair<std::string, std::uint16_t>> parse_load_service(std::string_view text) {
  const auto colon = text.find(':');
  const auto name = text.substr(0, colon);
  const auto port =
      parse_whole(colon == std::string_view::npos ? "80" : text.substr(colon + 1), 1, 65535);
  if (!is_label_name(name) || !port)
    return invalid_input(fmt::format("'{}' is not a Service of the run: NAME or NAME:PORT", text));
  return std::pair{std::string(name), static_cast<std::uint16_t>(*port)};
}

void parse_load_flags(Fields& fields, model::Load& load) {
  for (const auto* flag : kLoadFlags)
    for (auto& value : fields.texts(flag)) load.flags.emplace_back(flag, std::move(value));
  for (const auto* flag : kLoadFileFlags) fields.unsupported(flag);
}

void check_load(const Node& node, const model::Load& load, Problems& problems) {
  const auto has_flag = [&load](std::string_view name) {
    return std::any_of(load.flags.begin(), load.flags.end(),
                       [name](const auto& flag) { return flag.first == name; });
  };
  const bool has_shape = has_flag("shape");
  if (has_shape && (load.rate || !load.stages.empty()))
    problems.add(node, "load has shape and rate or stages: give one of them");
  if (has_shape && load.workers != 1)
    problems.add(node, "a shape's rates are those of one worker: leave out workers");
  if (load.rate && !load.stages.empty())
    problems.add(node, "load has rate and stages: give one of them");
  const bool open_loop = load.rate || !load.stages.empty() || has_shape;
  if (!open_loop && !load.connections)
    problems.add(node, "load needs rate, stages or shape (open loop) or connections (closed loop)");
  if (!open_loop && load.arrivals)
    problems.add(node, "arrivals is for an open loop: give rate, stages or shape too");
  if (!load.duration && load.stages.empty() && (has_shape || !has_flag("requests")))
    problems.add(node, "load needs duration (or stages, or requests): it must end by itself");
  if (load.connections && *load.connections < load.workers)
    problems.add(node, "load has fewer connections than workers");
  if (!load.path.starts_with('/')) problems.add(node, "path must start with '/'");
}

model::Load parse_load(const Node& node, const model::Target& target, Problems& problems) {
  Fields fields(node, model::Load::kKey, problems);
  model::Load load;
  if (!fields.usable()) return load;
  load.service = target.workload.name;
  if (auto service = fields.parsed("service", parse_load_service))
    std::tie(load.service, load.port) = std::move(*service);
  load.path = fields.text("path", "/");
  load.rate = fields.parsed("rate", units::parse_rate);
  load.connections = fields.whole("connections", 1, 1'000'000);
  if (fields.find("stages") != nullptr) {
    for (const auto& text : fields.texts("stages")) {
      auto stage = shape::parse_stage(text);
      if (stage)
        load.stages.push_back(*stage);
      else
        problems.add(*node.find("stages"), stage.error().message);
    }
  }
  load.arrivals = fields.word("arrivals", kArrivals);
  load.duration = fields.duration("duration");
  load.workers = fields.whole("workers", 1, 1000).value_or(1);
  load.thresholds = fields.texts("thresholds");
  parse_load_flags(fields, load);
  fields.finish();
  check_load(node, load, problems);
  return load;
}

model::PodChoice parse_pod_choice(const std::string& text) {
  if (text == "any") return model::AnyPod{};
  if (text == "all") return model::AllPods{};
  const bool selector = text.find_first_of("=!,( ") != std::string::npos;
  return selector ? model::PodChoice{model::SelectedPods{text}}
                  : model::PodChoice{model::NamedPod{text}};
}

std::vector<int> parse_exit_codes(Fields& fields) {
  std::vector<int> codes;
  for (const auto& text : fields.texts("expectExit")) {
    if (const auto code = parse_whole(text, 0, 255)) {
      codes.push_back(*code);
    } else {
      fields.problems().add(*fields.node().find("expectExit"),
                            fmt::format("'{}' is not an exit code from 0 to 255", text));
    }
  }
  return codes;
}

model::Exec parse_exec(const Node& node, const model::Target& target, Problems& problems) {
  Fields fields(node, model::Exec::kKey, problems);
  model::Exec exec;
  if (!fields.usable()) return exec;
  exec.pod = parse_pod_choice(fields.text("pod", "any"));
  exec.container = fields.text("container", target.container);
  if (const auto* command = fields.need("command")) {
    if (command->kind != Node::Kind::kSequence || command->items.empty())
      problems.add(*command, "command must be a list: [program, argument, ...]");
    else
      exec.command = fields.texts("command");
  }
  exec.expect_exit = parse_exit_codes(fields);
  fields.finish();
  return exec;
}

}  // namespace

model::Step parse_step(const Node& node, std::size_t number, const model::Target& target,
                       Problems& problems) {
  model::Step step;
  step.name = fmt::format("step{}", number);
  step.where = problems.at(node);
  Fields fields(node, "a step", problems);
  if (!fields.usable()) return step;
  if (fields.find("name") != nullptr) {
    step.name = fields.text("name", step.name);
    if (!is_reference_name(step.name)) {
      problems.add(*node.find("name"), fmt::format("'{}' is not a name for a step: letters, "
                                                   "digits, '-' and '_'",
                                                   step.name));
    }
  }
  step.background = fields.boolean("background", false);
  step.by = fields.duration("by");
  const auto sleep = [&](const Node&) {
    step.what = model::Sleep{fields.duration(model::Sleep::kKey).value_or(units::Duration{})};
  };
  fields.exactly_one(
      {{model::Wait::kKey, [&](const Node& n) { step.what = parse_wait(n, step.by, problems); }},
       {model::Sleep::kKey, sleep},
       {model::Load::kKey, [&](const Node& n) { step.what = parse_load(n, target, problems); }},
       {model::Exec::kKey, [&](const Node& n) { step.what = parse_exec(n, target, problems); }}},
      {"http", "scale", "apply", "delete", "silence", "diagnose"});
  fields.finish();
  return step;
}

}  // namespace plimsoll::engine::parse

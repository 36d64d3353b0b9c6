#include "scenarios/engine/parse/parse.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "scenarios/engine/parse/alert_names.hpp"
#include "scenarios/engine/parse/parse_parts.hpp"
#include "scenarios/engine/parse/validate.hpp"

namespace plimsoll::engine::parse {
namespace {

using yaml::Node;
constexpr auto kApiVersion = "plimsoll.dev/v1alpha1";

using Values = std::map<std::string, std::string>;

Node* find(Node& map, std::string_view key) { return const_cast<Node*>(map.find(key)); }

// spec.params with --set laid over it, also in the tree, for the resolved scenario.
model::Labels read_params(Node& document, const Context& context, Problems& problems) {
  auto* spec = find(document, "spec");
  auto* params = spec == nullptr ? nullptr : find(*spec, "params");
  if (params != nullptr && params->kind != Node::Kind::kMap) {
    problems.add(*params, fmt::format("'params' must be a map, not {}", describe(params->kind)));
    return {};
  }
  std::vector<std::string> names;
  if (params != nullptr) {
    for (auto& [key, value] : params->entries) {
      names.push_back(key.text);
      if (value.kind != Node::Kind::kScalar)
        problems.add(value, fmt::format("a param must be text, not {}", describe(value.kind)));
    }
  }
  for (const auto& [name, value] : context.set) {
    auto* param = params == nullptr ? nullptr : find(*params, name);
    if (param != nullptr) {
      param->text = value;
      param->quoted = true;
      continue;
    }
    const auto near = nearest(name, names);
    problems.add(params == nullptr ? document : *params,
                 fmt::format("--set {}={}: the scenario has no param '{}'{}", name, value, name,
                             near.empty() ? "" : "; did you mean '" + near + "'?"));
  }
  model::Labels read;
  if (params != nullptr)
    for (const auto& [key, value] : params->entries) read.emplace_back(key.text, value.text);
  return read;
}

void substitute_all(Node& node, const Values& values, Problems& problems) {
  if (node.kind == Node::Kind::kScalar && node.text.find("${") != std::string::npos) {
    auto text = substitute(node.text, values);
    if (text) {
      node.text = std::move(*text);
      node.quoted = true;
    } else {
      problems.add(node, text.error().message);
      node.tag = kUnresolved;
    }
  }
  for (auto& item : node.items) substitute_all(item, values, problems);
  for (auto& entry : node.entries) substitute_all(entry.second, values, problems);
}

// Everywhere but in the params themselves.
void substitute_document(Node& document, const Values& values, Problems& problems) {
  for (auto& [key, value] : document.entries) {
    if (key.text != "spec") {
      substitute_all(value, values, problems);
      continue;
    }
    for (auto& [name, part] : value.entries)
      if (name.text != "params") substitute_all(part, values, problems);
  }
}

class Parser {
 public:
  Parser(Problems& problems, const Context& context) : problems_(problems), context_(context) {
    folder_ = std::filesystem::path(problems.file()).parent_path();
  }

  model::Scenario parse(Node document) {
    scenario_.file = problems_.file();
    scenario_.params = read_params(document, context_, problems_);
    Values values{{"namespace", context_.namespace_name}, {"run", context_.run}};
    for (const auto& [name, value] : scenario_.params) values["params." + name] = value;
    substitute_document(document, values, problems_);
    parse_envelope(document);
    validate(scenario_, problems_);
    for (auto& claim : scenario_.claims) describe(claim);
    if (const auto json = yaml::to_json(document, problems_.file()))
      scenario_.resolved = json->dump(2) + "\n";
    return std::move(scenario_);
  }

 private:
  void parse_envelope(const Node& document) {
    Fields fields(document, "a scenario", problems_);
    if (!fields.usable()) return;
    const auto version = fields.need_text("apiVersion");
    if (!version.empty() && version != kApiVersion) {
      problems_.add(*document.find("apiVersion"),
                    fmt::format("apiVersion '{}' is not supported, only {}", version, kApiVersion));
    }
    const auto kind = fields.need_text("kind");
    if (!kind.empty() && kind != "Scenario")
      problems_.add(*document.find("kind"), fmt::format("kind '{}' is not Scenario", kind));
    if (const auto* metadata = fields.need("metadata")) parse_metadata(*metadata);
    if (const auto* spec = fields.need("spec")) parse_spec(*spec);
    fields.finish();
  }

  void parse_metadata(const Node& node) {
    Fields fields(node, "metadata", problems_);
    scenario_.name = fields.need_text("name");
    if (!scenario_.name.empty() && !is_label_name(scenario_.name)) {
      problems_.add(*node.find("name"),
                    fmt::format("'{}' is not a name: lower case letters, digits and '-', at most "
                                "63",
                                scenario_.name));
    }
    scenario_.labels = fields.labels("labels");
    fields.finish();
  }

  void parse_spec(const Node& node) {
    Fields fields(node, "spec", problems_);
    if (!fields.usable()) return;
    static_cast<void>(fields.find("params"));
    if (const auto* target = fields.need("target")) parse_target(*target);
    if (const auto* monitoring = fields.find("monitoring")) parse_monitoring(*monitoring);
    parse_rules(fields);
    if (const auto timeout = fields.duration("timeout")) scenario_.timeout = *timeout;
    if (scenario_.timeout <= units::Duration::zero())
      problems_.add(*node.find("timeout"), "timeout must be more than 0s");
    if (const auto* steps = list(fields, "steps")) {
      for (const auto& step : steps->items) {
        scenario_.steps.push_back(
            parse_step(step, scenario_.steps.size() + 1, scenario_.target, problems_));
      }
    }
    if (const auto* claims = list(fields, "expect")) {
      for (const auto& claim : claims->items)
        scenario_.claims.push_back(parse_claim(claim, scenario_.target, problems_));
    }
    if (scenario_.steps.empty() && scenario_.claims.empty())
      problems_.add(node, "neither steps nor expect: nothing would happen");
    for (const auto* later :
         {"matrix", "overrides", "only", "onFailure", "cleanup", "receivers", "alertmanager"})
      fields.unsupported(later);
    fields.finish();
  }

  const Node* list(Fields& fields, const char* key) {
    const auto* node = fields.find(key);
    if (node == nullptr || node->kind == Node::Kind::kSequence) return node;
    problems_.add(*node, fmt::format("'{}' must be a list, not {}", key, describe(node->kind)));
    return nullptr;
  }

  [[nodiscard]] std::string beside_the_file(const std::string& path) const {
    return (folder_ / path).lexically_normal().string();
  }

  // The paths of a list, each where it can be found from here.
  std::vector<std::string> paths(Fields& fields, const char* key) {
    std::vector<std::string> found;
    const auto* node = fields.node().find(key);
    const auto given = fields.texts(key);
    for (std::size_t i = 0; i < given.size(); ++i) {
      found.push_back(beside_the_file(given[i]));
      std::error_code error;
      if (std::filesystem::exists(found.back(), error)) continue;
      problems_.add(node->kind == Node::Kind::kSequence ? node->items[i] : *node,
                    fmt::format("{}: no such file or folder", found.back()));
    }
    return found;
  }

  void parse_target(const Node& node) {
    Fields fields(node, "target", problems_);
    if (!fields.usable()) return;
    auto& target = scenario_.target;
    target.manifests = paths(fields, "manifests");
    target.workload = fields.need_parsed("workload", parse_workload).value_or(model::Workload{});
    target.container = fields.text("container");
    target.hpa = fields.text("hpa");
    fields.unsupported("url");
    fields.finish();
  }

  void parse_monitoring(const Node& node) {
    Fields fields(node, "monitoring", problems_);
    auto& monitoring = scenario_.monitoring;
    const auto address = [&](const char* key, model::ServiceAddress& where) {
      if (auto given = fields.parsed(key, parse_service_address)) where = std::move(*given);
    };
    address("prometheus", monitoring.prometheus);
    address("alertmanager", monitoring.alertmanager);
    address("receiver", monitoring.receiver);
    fields.finish();
  }

  void parse_rules(Fields& fields) {
    const auto before = problems_.count();
    scenario_.rules = paths(fields, "rules");
    if (problems_.count() != before) return;
    for (const auto& path : scenario_.rules) {
      auto names = alerts_defined_in(path);
      if (!names) {
        problems_.add(*fields.node().find("rules"), names.error().message);
        continue;
      }
      auto& all = scenario_.own_alerts;
      all.insert(all.end(), names->begin(), names->end());
    }
  }

  Problems& problems_;
  const Context& context_;
  std::filesystem::path folder_;
  model::Scenario scenario_;
};

Loaded load_documents(Result<std::vector<Node>> documents, const std::string& file,
                      const Context& context) {
  Loaded loaded;
  if (!documents) {
    // The message has its place already.
    text::Problem& problem = loaded.problems.emplace_back();
    problem.message = documents.error().message;
    return loaded;
  }
  Problems problems(file);
  if (documents->empty()) problems.add(text::Location{file, 0, 0}, "holds no scenario");
  for (auto& document : *documents)
    loaded.scenarios.push_back(Parser(problems, context).parse(std::move(document)));
  loaded.problems = problems.take();
  return loaded;
}

}  // namespace

Loaded load_file(const std::string& path, const Context& context) {
  return load_documents(yaml::read_file(path), path, context);
}

Loaded load_text(const std::string& text, const std::string& file, const Context& context) {
  return load_documents(yaml::read_text(text, file), file, context);
}

}  // namespace plimsoll::engine::parse

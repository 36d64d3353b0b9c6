#include "scenarios/engine/parse/fields.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>

namespace plimsoll::engine::parse {

using yaml::Node;

void Problems::add(const Node& node, std::string message) {
  list_.push_back({at(node), std::move(message)});
}

std::vector<text::Problem> Problems::take() {
  const auto key = [](const text::Problem& p) {
    return std::tie(p.where.file, p.where.line, p.where.column);
  };
  std::stable_sort(list_.begin(), list_.end(),
                   [&](const text::Problem& a, const text::Problem& b) { return key(a) < key(b); });
  const auto same = [&](const text::Problem& a, const text::Problem& b) {
    return key(a) == key(b) && a.message == b.message;
  };
  list_.erase(std::unique(list_.begin(), list_.end(), same), list_.end());
  return std::move(list_);
}

Fields::Fields(const Node& node, std::string what, Problems& problems)
    : node_(node),
      what_(std::move(what)),
      problems_(problems),
      usable_(node.kind == Node::Kind::kMap) {
  if (!usable_)
    problems_.add(node, fmt::format("{} must be a map, not {}", what_, describe(node.kind)));
}

const Node* Fields::find(std::string_view key) {
  asked_.emplace_back(key);
  return node_.find(key);
}

const Node* Fields::need(std::string_view key) {
  const auto* value = find(key);
  if (value == nullptr && usable_)
    problems_.add(node_, fmt::format("{} needs the key '{}'", what_, key));
  return value;
}

void Fields::unsupported(std::string_view key) {
  const auto* value = find(key);
  if (value == nullptr) return;
  const auto entry = std::find_if(node_.entries.begin(), node_.entries.end(),
                                  [&](const auto& e) { return e.first.text == key; });
  problems_.add(entry->first, fmt::format("'{}' is not supported yet", key));
}

void Fields::exactly_one(const std::vector<Alternative>& alternatives,
                         const std::vector<const char*>& unsupported_keys) {
  int count = 0;
  std::vector<const char*> keys;
  for (const auto& [key, read] : alternatives) {
    keys.push_back(key);
    const auto* value = find(key);
    if (value == nullptr) continue;
    ++count;
    read(*value);
  }
  for (const auto* key : unsupported_keys) {
    if (node_.find(key) != nullptr) ++count;
    unsupported(key);
  }
  if (count != 1) unmet_.push_back(fmt::format("exactly one of: {}", fmt::join(keys, ", ")));
}

void Fields::at_least_one(const std::vector<std::string>& keys) {
  if (!usable_ || std::any_of(keys.begin(), keys.end(),
                              [&](const std::string& key) { return node_.find(key) != nullptr; }))
    return;
  problems_.add(node_, fmt::format("says nothing to expect: give {}", either(keys)));
}

void Fields::finish() {
  for (const auto& entry : node_.entries) {
    const auto& key = entry.first.text;
    if (std::find(asked_.begin(), asked_.end(), key) != asked_.end()) continue;
    const auto near = nearest(key, asked_);
    problems_.add(entry.first, fmt::format("unknown key '{}' in {}{}", key, what_,
                                           near.empty() ? "" : "; did you mean '" + near + "'?"));
  }
  if (!usable_) return;
  for (const auto& need : unmet_) problems_.add(node_, fmt::format("{} needs {}", what_, need));
}

std::optional<std::string> Fields::scalar_text(const Node& value) {
  if (value.tag == kUnresolved) return std::nullopt;  // its problem is known
  if (value.kind == Node::Kind::kScalar) return value.text;
  problems_.add(value, fmt::format("must be text, not {}", describe(value.kind)));
  return std::nullopt;
}

std::string Fields::text(std::string_view key, std::string fallback) {
  const auto* value = find(key);
  if (value == nullptr) return fallback;
  auto scalar = scalar_text(*value);
  if (scalar && scalar->empty()) problems_.add(*value, fmt::format("'{}' is empty", key));
  return scalar.value_or(std::move(fallback));
}

std::string Fields::need_text(std::string_view key) {
  return need(key) == nullptr ? std::string{} : text(key);
}

bool Fields::boolean(std::string_view key, bool fallback) {
  const auto* value = find(key);
  if (value == nullptr) return fallback;
  if (value->kind == Node::Kind::kScalar && !value->quoted) {
    if (value->text == "true") return true;
    if (value->text == "false") return false;
  }
  problems_.add(*value, fmt::format("'{}' must be true or false", key));
  return fallback;
}

std::optional<int> Fields::whole(std::string_view key, int lowest, int highest) {
  return parsed(key, [&](std::string_view text) -> Result<int> {
    if (const auto number = parse_whole(text, lowest, highest)) return *number;
    return invalid_input(
        fmt::format("'{}' must be a whole number from {} to {}", key, lowest, highest));
  });
}

std::vector<std::string> Fields::texts(std::string_view key) {
  const auto* value = find(key);
  std::vector<std::string> list;
  if (value == nullptr) return list;
  if (value->kind != Node::Kind::kSequence) {
    if (auto scalar = scalar_text(*value)) list.push_back(std::move(*scalar));
    return list;
  }
  for (const auto& item : value->items)
    if (auto scalar = scalar_text(item)) list.push_back(std::move(*scalar));
  return list;
}

model::Labels Fields::labels(std::string_view key) {
  model::Labels labels;
  const auto* value = find(key);
  if (value == nullptr) return labels;
  if (value->kind != Node::Kind::kMap) {
    problems_.add(*value, fmt::format("'{}' must be a map, not {}", key, describe(value->kind)));
    return labels;
  }
  for (const auto& [name, item] : value->entries)
    if (auto scalar = scalar_text(item)) labels.emplace_back(name.text, std::move(*scalar));
  return labels;
}

std::optional<model::Mark> Fields::mark(std::string_view key) {
  auto mark = need_parsed(key, parse_mark);
  if (mark) mark->where = problems_.at(*node_.find(key));
  return mark;
}

}  // namespace plimsoll::engine::parse

// Reading the maps of a scenario file strictly: every key is asked for by name, what was not asked
// for is a problem ("did you mean"), and so is a value of the wrong type. Problems are collected,
// never thrown: a reader goes on with what it has. Thread-safety: one thread.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/yaml/yaml.hpp"
#include "scenarios/engine/model/model.hpp"
#include "scenarios/engine/parse/expressions.hpp"
#include "scenarios/engine/parse/words.hpp"

namespace plimsoll::engine::parse {

// The tag of a scalar whose ${...} could not be replaced.
inline constexpr const char* kUnresolved = "!unresolved";

class Problems {
 public:
  explicit Problems(std::string file) : file_(std::move(file)) {}
  void add(const yaml::Node& node, std::string message);
  void add(const text::Location& where, std::string message) { list_.push_back({where, message}); }
  [[nodiscard]] text::Location at(const yaml::Node& node) const {
    return {file_, node.line, node.column};
  }
  [[nodiscard]] const std::string& file() const noexcept { return file_; }
  [[nodiscard]] std::size_t count() const noexcept { return list_.size(); }
  // In order of place, each once.
  [[nodiscard]] std::vector<text::Problem> take();

 private:
  std::string file_;
  std::vector<text::Problem> list_;
};

// One of several keys of which a map needs exactly one, and what reads its value.
struct Alternative {
  const char* key;
  std::function<void(const yaml::Node&)> read;
};

// The keys of one map. finish() reports those that were not asked for.
class Fields {
 public:
  // what: "a step", for messages.
  Fields(const yaml::Node& node, std::string what, Problems& problems);

  // nullptr where the key is not there.
  [[nodiscard]] const yaml::Node* find(std::string_view key);
  // The same, and a problem where it is not there.
  [[nodiscard]] const yaml::Node* need(std::string_view key);
  // A key that the language has and this version does not: a problem where it is there.
  void unsupported(std::string_view key);
  // Reads those alternatives that are there; finish() reports where that is not exactly one. The
  // unsupported keys are alternatives too.
  void exactly_one(const std::vector<Alternative>& alternatives,
                   const std::vector<const char*>& unsupported_keys = {});
  // A problem where none of the keys is there.
  void at_least_one(const std::vector<std::string>& keys);
  void finish();

  [[nodiscard]] bool usable() const noexcept { return usable_; }
  [[nodiscard]] const yaml::Node& node() const noexcept { return node_; }
  [[nodiscard]] Problems& problems() const noexcept { return problems_; }

  [[nodiscard]] std::string text(std::string_view key, std::string fallback = {});
  [[nodiscard]] std::string need_text(std::string_view key);
  [[nodiscard]] bool boolean(std::string_view key, bool fallback);
  [[nodiscard]] std::optional<int> whole(std::string_view key, int lowest, int highest);
  [[nodiscard]] std::vector<std::string> texts(std::string_view key);  // a list, or one alone
  [[nodiscard]] model::Labels labels(std::string_view key);

  // A scalar that a parser of the form Result<T>(string_view) reads.
  template <typename Parser>
  [[nodiscard]] auto parsed(std::string_view key, Parser parse)
      -> std::optional<typename decltype(parse(std::string_view{}))::value_type> {
    const auto* value = find(key);
    if (value == nullptr) return std::nullopt;
    return parse_node(*value, parse);
  }
  template <typename Parser>
  [[nodiscard]] auto need_parsed(std::string_view key, Parser parse)
      -> std::optional<typename decltype(parse(std::string_view{}))::value_type> {
    const auto* value = need(key);
    if (value == nullptr) return std::nullopt;
    return parse_node(*value, parse);
  }
  [[nodiscard]] std::optional<model::Comparison> comparison(std::string_view key,
                                                            Quantity quantity) {
    return parsed(key, [quantity](std::string_view t) { return parse_comparison(t, quantity); });
  }
  [[nodiscard]] std::optional<units::Duration> duration(std::string_view key) {
    return parsed(key, units::parse_duration);
  }
  template <typename Enum, std::size_t N>
  [[nodiscard]] std::optional<Enum> word(std::string_view key, const Words<Enum, N>& words) {
    return parsed(key, [&words](std::string_view t) { return parse_word(t, words); });
  }
  [[nodiscard]] std::optional<model::Mark> mark(std::string_view key);

 private:
  template <typename Parser>
  auto parse_node(const yaml::Node& value, Parser parse)
      -> std::optional<typename decltype(parse(std::string_view{}))::value_type> {
    const auto scalar = scalar_text(value);
    if (!scalar) return std::nullopt;
    auto result = parse(std::string_view(*scalar));
    if (result) return std::move(*result);
    problems_.add(value, result.error().message);
    return std::nullopt;
  }
  std::optional<std::string> scalar_text(const yaml::Node& value);

  const yaml::Node& node_;
  std::string what_;
  Problems& problems_;
  bool usable_;
  std::vector<std::string> asked_;
  std::vector<std::string> unmet_;  // "exactly one of: ..."
};

}  // namespace plimsoll::engine::parse

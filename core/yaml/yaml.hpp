// Strict YAML reading with places: the only home of yaml-cpp. A document becomes a tree of plain
// nodes, aliases already copied in. Stricter than YAML: duplicate keys, keys that are not scalars,
// merge keys, text that is not UTF-8, and documents that are too large, too deep or that grow too
// much by aliases are errors. Errors: exit code 2, "file:line:column: message", 1-based; exit code
// 4 where the file cannot be read. Thread-safety: pure functions.
// Source: https://yaml.org/spec/1.2.2/ (core schema, 10.3.2).
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result/result.hpp"

namespace plimsoll::yaml {

struct Node {
  enum class Kind { kNull, kScalar, kSequence, kMap };
  Kind kind = Kind::kNull;
  int line = 0, column = 0;  // 1-based
  std::string text;          // of a scalar
  bool quoted = false;       // 'x', "x", | or >: a string whatever it looks like
  std::string tag;           // an explicit one ("tag:yaml.org,2002:str", "!custom"), else empty
  std::vector<Node> items;   // of a sequence
  std::vector<std::pair<Node, Node>> entries;  // of a map, in file order

  // The value of a key of a map; nullptr where there is none.
  [[nodiscard]] const Node* find(std::string_view key) const noexcept;
};

// For messages: "a map", "a list", "text", "nothing".
[[nodiscard]] const char* describe(Node::Kind kind) noexcept;

constexpr std::size_t kMaxBytes = 8U << 20U;
constexpr std::size_t kMaxNodes = 400'000;  // after aliases are copied in
constexpr int kMaxDepth = 64;

// All documents of a text; documents with nothing in them are left out. file is for messages.
[[nodiscard]] Result<std::vector<Node>> read_text(std::string_view text, const std::string& file);
[[nodiscard]] Result<std::vector<Node>> read_file(const std::string& path);

// A node as JSON, as Kubernetes reads it: quoted scalars are strings, plain scalars become null,
// booleans, integers, numbers or strings by the core schema ("yes", "on" and "0123" too are what
// 1.2 says: string, string, the integer 123).
[[nodiscard]] Result<nlohmann::json> to_json(const Node& node, const std::string& file);

}  // namespace plimsoll::yaml

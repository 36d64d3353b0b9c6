#include "core/yaml/yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "core/text/problem.hpp"
#include "core/text/utf8.hpp"
#include "core/units/units.hpp"

namespace plimsoll::yaml {
namespace {

struct Refused {
  int line, column;
  std::string message;
};

[[noreturn]] void refuse(const YAML::Mark& mark, std::string message) {
  throw Refused{mark.line + 1, mark.column + 1, std::move(message)};
}

Error at(const std::string& file, int line, int column, const std::string& message) {
  return invalid_input(to_string(text::Problem{{file, line, column}, message}));
}

// yaml-cpp gives "?" to what has no tag and "!" to what is quoted.
std::string explicit_tag(const std::string& tag) { return tag == "?" || tag == "!" ? "" : tag; }

std::size_t count_nodes(const Node& node) {
  std::size_t count = 1;
  for (const auto& item : node.items) count += count_nodes(item);
  for (const auto& [key, value] : node.entries) count += count_nodes(key) + count_nodes(value);
  return count;
}

int depth_of(const Node& node) {
  int depth = 0;
  for (const auto& item : node.items) depth = std::max(depth, depth_of(item));
  for (const auto& [key, value] : node.entries) depth = std::max(depth, depth_of(value));
  return depth + 1;
}

class TreeBuilder : public YAML::EventHandler {
 public:
  [[nodiscard]] Node take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override { root_ = Node{}; }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    finish(mark, make(mark, Node::Kind::kNull, ""), anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    auto node = make(mark, Node::Kind::kScalar, tag);
    node.text = value;
    node.quoted = tag == "!";
    finish(mark, std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto known = anchors_.find(anchor);
    if (known == anchors_.end()) refuse(mark, "an alias cannot stand inside what it names");
    if (depth_of(known->second) + static_cast<int>(open_.size()) > kMaxDepth) too_deep(mark);
    spend(mark, count_nodes(known->second) - 1);
    auto copy = known->second;
    copy.line = mark.line + 1;
    copy.column = mark.column + 1;
    finish(mark, std::move(copy), YAML::NullAnchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    start(mark, make(mark, Node::Kind::kSequence, tag), anchor);
  }
  void OnSequenceEnd() override { end(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    start(mark, make(mark, Node::Kind::kMap, tag), anchor);
  }
  void OnMapEnd() override { end(); }

 private:
  struct Open {
    Node node;
    YAML::Mark mark;
    YAML::anchor_t anchor;
    std::set<std::string> keys;
    bool expects_value = false;
  };

  static Node make(const YAML::Mark& mark, Node::Kind kind, const std::string& tag) {
    Node node;
    node.kind = kind;
    node.line = mark.line + 1;
    node.column = mark.column + 1;
    node.tag = explicit_tag(tag);
    return node;
  }

  [[noreturn]] static void too_deep(const YAML::Mark& mark) {
    refuse(mark, "nested more than " + std::to_string(kMaxDepth) + " levels deep");
  }

  void spend(const YAML::Mark& mark, std::size_t nodes) {
    nodes_ += nodes;
    if (nodes_ > kMaxNodes) {
      refuse(mark,
             "more than " + std::to_string(kMaxNodes) + " values, counting what aliases repeat");
    }
  }

  void start(const YAML::Mark& mark, Node node, YAML::anchor_t anchor) {
    if (static_cast<int>(open_.size()) >= kMaxDepth) too_deep(mark);
    if (!open_.empty() && open_.back().node.kind == Node::Kind::kMap && !open_.back().expects_value)
      refuse(mark, "a key must be text");
    open_.push_back({std::move(node), mark, anchor, {}, false});
  }

  void end() {
    auto done = std::move(open_.back());
    open_.pop_back();
    finish(done.mark, std::move(done.node), done.anchor);
  }

  void finish(const YAML::Mark& mark, Node node, YAML::anchor_t anchor) {
    spend(mark, 1);
    if (anchor != YAML::NullAnchor) anchors_[anchor] = node;
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    auto& parent = open_.back();
    if (parent.node.kind == Node::Kind::kSequence) {
      parent.node.items.push_back(std::move(node));
    } else if (parent.expects_value) {
      parent.node.entries.back().second = std::move(node);
      parent.expects_value = false;
    } else {
      add_key(mark, parent, std::move(node));
    }
  }

  static void add_key(const YAML::Mark& mark, Open& parent, Node key) {
    if (key.kind != Node::Kind::kScalar) refuse(mark, "a key must be text");
    if (key.text == "<<" && !key.quoted) refuse(mark, "merge keys (<<) are not supported");
    if (!parent.keys.insert(key.text).second) refuse(mark, "duplicate key '" + key.text + "'");
    parent.node.entries.emplace_back(std::move(key), Node{});
    parent.expects_value = true;
  }

  Node root_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Node> anchors_;
  std::size_t nodes_ = 0;
};

// The parser reads any bytes; JSON and XML later do not take them.
std::optional<Error> check_characters(std::string_view text, const std::string& file) {
  const auto bad = text::first_invalid_utf8(text);
  const auto zero = text.find('\0');
  const auto where = std::min(bad, zero);
  if (where == std::string_view::npos) return std::nullopt;
  const auto before = text.substr(0, where);
  const auto line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1;
  const auto newline = before.rfind('\n');
  const auto column = newline == std::string_view::npos ? where : where - newline - 1;
  return at(file, line, static_cast<int>(column) + 1, "the text is not valid UTF-8");
}

}  // namespace

const Node* Node::find(std::string_view key) const noexcept {
  for (const auto& entry : entries)
    if (entry.first.text == key) return &entry.second;
  return nullptr;
}

const char* describe(Node::Kind kind) noexcept {
  switch (kind) {
    case Node::Kind::kNull:
      return "nothing";
    case Node::Kind::kScalar:
      return "text";
    case Node::Kind::kSequence:
      return "a list";
    case Node::Kind::kMap:
      return "a map";
  }
  return "nothing";
}

Result<std::vector<Node>> read_text(std::string_view text, const std::string& file) {
  if (text.size() > kMaxBytes)
    return invalid_input(file + ": larger than " + units::format_bytes({kMaxBytes}));
  if (auto error = check_characters(text, file)) return *error;
  std::vector<Node> documents;
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    TreeBuilder builder;
    while (parser.HandleNextDocument(builder)) {
      auto document = builder.take();
      if (document.kind != Node::Kind::kNull) documents.push_back(std::move(document));
    }
  } catch (const Refused& refused) {
    return at(file, refused.line, refused.column, refused.message);
  } catch (const YAML::Exception& error) {
    return at(file, error.mark.line + 1, error.mark.column + 1, "not YAML: " + error.msg);
  }
  return documents;
}

Result<std::vector<Node>> read_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::string text(kMaxBytes + 1, '\0');
  if (stream) stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  // A folder opens but does not read.
  if (stream.bad() || (stream.gcount() == 0 && !stream.eof()))
    return unavailable(path + ": cannot be read");
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return read_text(text, path);
}

}  // namespace plimsoll::yaml

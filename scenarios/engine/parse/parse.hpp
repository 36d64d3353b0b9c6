// Scenario files -> model, offline. Everything wrong is collected, each with its place; nothing is
// silently ignored: an unknown key, and a part of the language that this version does not have,
// are problems. Errors: a Problem per fault (exit code 2); the caller prints them all. Thread-
// safety: reads files, no shared state. Source: docs/scenarios.md.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "scenarios/engine/model/model.hpp"

namespace plimsoll::engine::parse {

// What ${...} stands for. The runner chooses run id and namespace before it reads the file.
struct Context {
  std::vector<std::pair<std::string, std::string>> set;  // --set name=value, last one wins
  std::string run = "run";
  std::string namespace_name = "namespace";
};

struct Loaded {
  std::vector<model::Scenario>
      scenarios;                        // one per document; to be used only where problems is empty
  std::vector<text::Problem> problems;  // in order of place
};

// Reads, parses and validates (validate.hpp) a file.
[[nodiscard]] Loaded load_file(const std::string& path, const Context& context);
// The same from text; file is for messages and for relative paths.
[[nodiscard]] Loaded load_text(const std::string& text, const std::string& file,
                               const Context& context);

}  // namespace plimsoll::engine::parse

// The command line of `plimsoll`. Errors: exit code 2, one line. Thread-safety: call from main.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/cli/cli.hpp"
#include "scenarios/engine/receiver/receiver.hpp"

namespace plimsoll::engine::run {

struct RunOptions {
  std::vector<std::string> files;
  std::vector<std::pair<std::string, std::string>> set;
  std::string in_namespace;  // empty: one of its own for each run
  std::string out;           // empty: runs/SCENARIO-TIME
  std::string context;
  std::string kubeconfig;
  std::string image_prefix;
  std::string json;
  int parallel = 1;
  bool quiet = false;
  bool color = true;
};

struct ValidateOptions {
  std::vector<std::string> files;
  std::vector<std::pair<std::string, std::string>> set;
};

using Options = std::variant<RunOptions, ValidateOptions, receiver::ReceiverOptions>;

// Parses argv into options; otherwise returns the exit code to end with.
[[nodiscard]] std::optional<int> parse_options(int argc, const char* const* argv, Options& options);

}  // namespace plimsoll::engine::run

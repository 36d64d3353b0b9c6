#include "core/text/problem.hpp"

namespace plimsoll::text {

std::string to_string(const Problem& problem) {
  const auto& [file, line, column] = problem.where;
  if (file.empty()) return problem.message;  // it names its place itself
  if (line == 0) return file + ": " + problem.message;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + problem.message;
}

}  // namespace plimsoll::text

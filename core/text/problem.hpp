// Something wrong with a file that a person wrote, and where. Thread-safety: values.
#pragma once
#include <string>

namespace plimsoll::text {

// A place in a file, 1-based; line 0 means the whole file, no file that the message names it.
struct Location {
  std::string file;
  int line = 0;
  int column = 0;
};

struct Problem {
  Location where;
  std::string message;  // one line, no location in it
};
// "file:line:column: message"
[[nodiscard]] std::string to_string(const Problem& problem);

}  // namespace plimsoll::text

// Words as a line for a POSIX shell. Thread-safety: pure functions.
#pragma once
#include <string>
#include <vector>

namespace plimsoll::text {

// A line that can be pasted into a shell: a word is single-quoted where a shell would interpret it.
[[nodiscard]] std::string shell_line(const std::vector<std::string>& words);

}  // namespace plimsoll::text

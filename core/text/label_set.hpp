// Labels as Prometheus writes them: {pod="p1",job="x"}; empty where there are none. The values are
// not escaped: this is for people. Thread-safety: pure functions.
#pragma once
#include <string>

namespace plimsoll::text {

// labels: a range of pairs of strings, in the order in which they are written.
template <typename Labels>
[[nodiscard]] std::string label_set(const Labels& labels) {
  std::string text;
  for (const auto& [name, value] : labels)
    text += (text.empty() ? "{" : ",") + name + "=\"" + value + "\"";
  return text.empty() ? text : text + "}";
}

}  // namespace plimsoll::text

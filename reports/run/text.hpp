// A run's result for the terminal: the verdict, one line a claim (mark, word, id, expected, seen),
// then why, notes, evidence and the run's folder. Lines are never wrapped. Colour only on top of
// words, so that the text reads the same without. Ends with a newline. What came from outside
// cannot send escape sequences. Thread-safety: pure function.
#pragma once
#include <string>

#include "reports/run/run.hpp"

namespace plimsoll::reports::run {

[[nodiscard]] std::string to_text(const Run& run, bool color);

}  // namespace plimsoll::reports::run

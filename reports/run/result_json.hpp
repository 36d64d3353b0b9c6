// result.json, schema "plimsoll.result/v1": everything in a Run, for machines. Keys are a contract:
// they are added to, never renamed. Times in seconds since the start of the run, to the
// millisecond, null where there is none; series points are [t, value]; a value that is no number is
// null. Invalid UTF-8 becomes U+FFFD. Pretty printed, ends with a newline. Thread-safety: pure
// function.
#pragma once
#include <string>

#include "reports/run/run.hpp"

namespace plimsoll::reports::run {

[[nodiscard]] std::string to_json(const Run& run);

}  // namespace plimsoll::reports::run

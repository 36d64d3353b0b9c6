// The observation log as text: observations.jsonl, one JSON object a line, append-only. Errors: a
// line that cannot be read is invalid input, with its number, except a torn last line, which is
// dropped and said. Thread-safety: pure functions; read_log reads a file.
#pragma once
#include <string>
#include <string_view>

#include "core/result/result.hpp"
#include "scenarios/engine/log/observation.hpp"

namespace plimsoll::engine::log {

// One line, without the newline. Bytes that are not UTF-8 are replaced.
[[nodiscard]] std::string to_line(const Observation& observation);
// Unknown keys are ignored, an unknown kind or a missing or ill-typed key is an error.
[[nodiscard]] Result<Observation> from_line(std::string_view line);

struct ReadLog {
  Observations observations;
  std::string note;  // not empty: what was dropped ("observations.jsonl:812: torn last line ...")
};
[[nodiscard]] Result<ReadLog> read_log(const std::string& path);

}  // namespace plimsoll::engine::log

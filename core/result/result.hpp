// Result<T>: a value, or an Error with the one line that a user reads and the exit code it leads
// to. For what can happen (bad input, missing file, refused connection). Broken invariants throw
// and end in main as exit code 70. Thread-safety: values.
#pragma once
#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <utility>

#include "core/result/exit_code.hpp"

namespace plimsoll {

struct Error {
  ExitCode code = ExitCode::kInternal;
  std::string message;  // what, where, what to do; no trailing newline
};

// Asking a failed Result for its value is a bug in the caller; this is what it throws.
[[noreturn]] inline void throw_exception_from_error(const Error& error,
                                                    const boost::source_location& where) {
  throw std::logic_error(error.message + " (" + where.file_name() + ":" +
                         std::to_string(where.line()) + ")");
}

template <typename T>
using Result = boost::system::result<T, Error>;

[[nodiscard]] inline Error usage_error(std::string message) {
  return {ExitCode::kUsage, std::move(message)};
}
[[nodiscard]] inline Error environment_error(std::string message) {
  return {ExitCode::kEnvironment, std::move(message)};
}
[[nodiscard]] inline Error inconclusive(std::string message) {
  return {ExitCode::kInconclusive, std::move(message)};
}

}  // namespace plimsoll

// Result<T>: a value, or an Error with the one line that a user reads and the kind of thing that
// went wrong. For what can happen (bad input, missing file, refused connection). Broken invariants
// throw. What exit code an error leads to is core/exit_code's. Thread-safety: values.
#pragma once
#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <utility>

namespace plimsoll {

enum class ErrorCategory {
  kInvalidInput,  // what the user gave: a flag, a file, a percentage of a limit that is not set
  kUnavailable,   // what is needed from outside cannot be used: cluster, target, file, cgroup
  kRefused,       // it is there, but a permission or a setting forbids what was asked for
  kTimeout,       // a limit that the user set was reached
  kInconclusive,  // nothing failed, but what was measured proves nothing
  kCancelled,     // asked to stop before it was done; who asked knows why
  kInternal,      // a bug
};

struct Error {
  Error() = default;
  Error(ErrorCategory its_category, std::string its_message)
      : category(its_category), message(std::move(its_message)) {}

  ErrorCategory category = ErrorCategory::kInternal;
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

[[nodiscard]] inline Error invalid_input(std::string message) {
  return {ErrorCategory::kInvalidInput, std::move(message)};
}
[[nodiscard]] inline Error unavailable(std::string message) {
  return {ErrorCategory::kUnavailable, std::move(message)};
}
[[nodiscard]] inline Error refused(std::string message) {
  return {ErrorCategory::kRefused, std::move(message)};
}
[[nodiscard]] inline Error timed_out(std::string message) {
  return {ErrorCategory::kTimeout, std::move(message)};
}
[[nodiscard]] inline Error inconclusive(std::string message) {
  return {ErrorCategory::kInconclusive, std::move(message)};
}
[[nodiscard]] inline Error cancelled(std::string message) {
  return {ErrorCategory::kCancelled, std::move(message)};
}
[[nodiscard]] inline Error internal_error(std::string message) {
  return {ErrorCategory::kInternal, std::move(message)};
}

}  // namespace plimsoll

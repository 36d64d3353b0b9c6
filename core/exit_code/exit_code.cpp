#include "core/exit_code/exit_code.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace plimsoll {
namespace {

// Gravest first. Interruption by SIGINT and SIGTERM are one rank: the first one wins.
constexpr std::array kByGravity = {
    std::pair{ExitCode::kInterrupted, std::string_view{"interrupted"}},
    std::pair{ExitCode::kTerminated, std::string_view{"terminated"}},
    std::pair{ExitCode::kInternal, std::string_view{"internal error"}},
    std::pair{ExitCode::kUsage, std::string_view{"bad input"}},
    std::pair{ExitCode::kEnvironment, std::string_view{"environment not usable"}},
    std::pair{ExitCode::kCleanupIncomplete, std::string_view{"cleanup incomplete"}},
    std::pair{ExitCode::kAborted, std::string_view{"aborted"}},
    std::pair{ExitCode::kFailed, std::string_view{"failed"}},
    std::pair{ExitCode::kInconclusive, std::string_view{"inconclusive"}},
    std::pair{ExitCode::kPassed, std::string_view{"passed"}},
};

auto rank(ExitCode code) noexcept {
  return std::find_if(kByGravity.begin(), kByGravity.end(),
                      [code](const auto& entry) { return entry.first == code; });
}

}  // namespace

ExitCode graver(ExitCode a, ExitCode b) noexcept { return rank(b) < rank(a) ? b : a; }

ExitCode exit_code(const Error& error) noexcept {
  switch (error.category) {
    case ErrorCategory::kInvalidInput:
      return ExitCode::kUsage;
    case ErrorCategory::kUnavailable:
    case ErrorCategory::kRefused:
      return ExitCode::kEnvironment;
    case ErrorCategory::kTimeout:
      return ExitCode::kAborted;
    case ErrorCategory::kInconclusive:
      return ExitCode::kInconclusive;
    case ErrorCategory::kCancelled:
      return ExitCode::kInterrupted;
    case ErrorCategory::kInternal:
      break;
  }
  return ExitCode::kInternal;
}

std::string_view name(ExitCode code) noexcept {
  const auto entry = rank(code);
  return entry == kByGravity.end() ? "unknown" : entry->second;
}

}  // namespace plimsoll

// Command line of membloat. Errors: exit code 2, one line.
#pragma once
#include <chrono>
#include <optional>

#include "core/cli/cli.hpp"

namespace plimsoll::membloat {

// Whom the kernel is to kill when the limit is exceeded.
enum class Victim { kContainer, kSelf };

struct Options {
  // Exactly one of the three is set.
  std::optional<units::Bytes> bytes;
  std::optional<units::Percent> percent_of_limit;
  std::optional<units::Bytes> leave;
  std::optional<units::Bytes> rate;  // a second
  units::Duration hold = std::chrono::seconds{60};
  Victim victim = Victim::kContainer;
  cli::Common common;
};

// nullopt: go on with options. Otherwise the exit code to end with.
[[nodiscard]] std::optional<int> parse_options(int argc, const char* const* argv, Options& options);

// "10Mi/s" or "10Mi".
[[nodiscard]] Result<units::Bytes> parse_byte_rate(std::string_view text);

}  // namespace plimsoll::membloat

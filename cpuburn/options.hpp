// Command line of cpuburn. Errors: exit code 2, one line.
#pragma once
#include <chrono>
#include <optional>

#include "core/cli/cli.hpp"

namespace plimsoll::cpuburn {

struct Options {
  // Exactly one of the three is set.
  std::optional<units::Cores> cores;
  std::optional<units::Percent> percent_of_limit;
  std::optional<units::Percent> percent_of_node;
  units::Duration duration = std::chrono::seconds{60};
  units::Duration ramp{0};
  std::optional<int> threads;
  cli::Common common;
};

// nullopt in exit: go on with options. Otherwise the exit code to end with.
[[nodiscard]] std::optional<int> parse_options(int argc, const char* const* argv, Options& options);

}  // namespace plimsoll::cpuburn

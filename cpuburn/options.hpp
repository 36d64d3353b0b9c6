// Command line of cpuburn. Errors: exit code 2, one line.
#pragma once
#include <chrono>
#include <optional>

#include "core/cli/cli.hpp"
#include "core/shape/shape.hpp"
#include "core/timed_run/timed_run.hpp"

namespace plimsoll::cpuburn {

struct Options : timed_run::Options {
  // Exactly one of the four is set.
  std::optional<units::Cores> cores;
  std::optional<units::Percent> percent_of_limit;
  std::optional<units::Percent> percent_of_request;
  std::optional<units::Percent> percent_of_node;
  std::optional<units::Cores> request;
  units::Duration duration = std::chrono::seconds{60};
  units::Duration ramp{0};
  std::optional<shape::Shape> shape;
  std::optional<int> threads;
};

// nullopt in exit: go on with options. Otherwise the exit code to end with.
[[nodiscard]] std::optional<int> parse_options(int argc, const char* const* argv, Options& options);

// Where the Downward API puts the container's CPU request (divisor: 1m).
inline constexpr const char* kRequestVariable = "CPU_REQUEST_MILLICORES";

// The request, for --percent-of-request: --request, or else the value of kRequestVariable (nullptr:
// not set), whole millicores. Errors: exit code 2.
[[nodiscard]] Result<units::Cores> request_of(const Options& options, const char* variable);

// Values that are no quantity to work with: no time, or more than a month of it.
[[nodiscard]] Result<void> check(const Options& options);

}  // namespace plimsoll::cpuburn

// The command line of loadgen. Errors: exit code 2. Thread-safety: call from main only.
#pragma once
#include <string>

#include "core/cli/cli.hpp"
#include "loadgen/plan/plan.hpp"

namespace plimsoll::loadgen::run {

struct CommandLine {
  plan::Options options;
  cli::Common common;
  std::string html;     // path of the HTML report
  std::string hdr;      // path of the .hgrm file; empty for none
  std::string hdr_log;  // path of the interval log
  std::optional<std::uint16_t> metrics_port;
};

// nullopt: line is filled, go on. Otherwise the exit code to end with.
[[nodiscard]] std::optional<int> parse_command_line(int argc, const char* const* argv,
                                                    CommandLine& line);

}  // namespace plimsoll::loadgen::run

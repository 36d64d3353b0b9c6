// The common command line: --help, --version, --json FILE, --quiet, --no-color, unit-checked
// values, exit codes. Errors: a usage error prints one line on stderr, nothing on stdout, and ends
// with exit code 2. Thread-safety: call from main only.
#pragma once
#include <CLI/CLI.hpp>
#include <functional>
#include <optional>
#include <string>

#include "core/exit_code/exit_code.hpp"
#include "core/result/result.hpp"
#include "core/units/units.hpp"

namespace plimsoll::cli {

struct Common {
  std::string json;  // a path, "-" for stdout, empty for none
  bool quiet = false;
  bool no_color = false;
};

// Adds --version, --json, --quiet and --no-color. NO_COLOR in the environment, even empty, sets
// no_color.
void add_common(CLI::App& app, Common& common);

// Parses argv. nullopt: go on. Otherwise the exit code to end with (0 after --help or --version, 2
// after an error).
[[nodiscard]] std::optional<int> parse(CLI::App& app, int argc, const char* const* argv);

// Adds an option whose text is read by a parser of core/units; a bad text is a usage error naming
// the flag.
template <typename T, typename Parser>
CLI::Option* add_parsed(CLI::App& app, const std::string& flags, std::optional<T>& value,
                        Parser parser, const std::string& help, const std::string& type_name) {
  return app
      .add_option_function<std::string>(
          flags,
          [&value, parser, flags](const std::string& text) {
            auto parsed = parser(text);
            if (!parsed) throw CLI::ValidationError(flags, parsed.error().message);
            value = *parsed;
          },
          help)
      ->type_name(type_name)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

// Runs body; prints an Error (or an exception, as an internal error) as one line "PROGRAM: ..." on
// stderr. Returns the exit code for main.
[[nodiscard]] int run(const std::string& program, const std::function<Result<ExitCode>()>& body);

// Prints "PROGRAM: message" on stderr.
void print_error(const std::string& program, const std::string& message);

}  // namespace plimsoll::cli

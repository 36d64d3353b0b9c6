#include "core/cli/cli.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>

namespace plimsoll::cli {
namespace {

// CLI11's messages can span lines; a user's terminal and a CI log want one.
std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

}  // namespace

void add_common(CLI::App& app, Common& common) {
  app.set_version_flag("--version", app.get_name() + " " + PLIMSOLL_VERSION,
                       "Print the version and exit");
  app.add_option("--json", common.json, "Write the result as JSON to FILE; - is stdout")
      ->type_name("FILE");
  app.add_flag("-q,--quiet", common.quiet, "No progress, only the result");
  app.add_flag("--no-color", common.no_color,
               "No colours (NO_COLOR in the environment does the same)");
  if (std::getenv("NO_COLOR") != nullptr) common.no_color = true;
}

std::optional<int> parse(CLI::App& app, int argc, const char* const* argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    app.exit(success);
    return number(ExitCode::kPassed);
  } catch (const CLI::ParseError& error) {
    print_error(app.get_name(),
                one_line(error.what()) + fmt::format(" (see {} --help)", app.get_name()));
    return number(ExitCode::kUsage);
  }
  return std::nullopt;
}

int run(const std::string& program, const std::function<Result<ExitCode>()>& body) {
  try {
    const auto result = body();
    if (result) return number(*result);
    print_error(program, result.error().message);
    return number(exit_code(result.error()));
  } catch (const std::exception& exception) {
    print_error(program, fmt::format("internal error: {}; please report it", exception.what()));
    return number(ExitCode::kInternal);
  }
}

void print_error(const std::string& program, const std::string& message) {
  fmt::print(stderr, "{}: {}\n", program, message);
}

}  // namespace plimsoll::cli

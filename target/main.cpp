// target: the HTTP service under test. See docs/target.md.
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "core/cli/cli.hpp"
#include "target/server.hpp"

namespace {

using namespace plimsoll;

Result<ExitCode> serve() {
  const auto options = target::read_options(target::process_environment);
  if (!options) return options.error();
  target::LogWriter log{STDOUT_FILENO, options->log_level};
  target::Server server{*options, log};
  if (auto listening = server.listen(); !listening) return listening.error();
  server.run();
  // Neither a reader of stdout nor a name server that hangs must keep the pod from ending.
  if (!log.finish(std::chrono::seconds{1}) || server.hangs()) {
    std::_Exit(number(ExitCode::kPassed));
  }
  return Result<ExitCode>{boost::system::in_place_value, ExitCode::kPassed};
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app{"The HTTP service under test: endpoints that cost CPU, memory and time", "target"};
  app.set_version_flag("--version", "target " PLIMSOLL_VERSION);
  app.footer(target::environment_help());
  if (const auto code = cli::parse(app, argc, argv)) return *code;
  return cli::run("target", serve);
}

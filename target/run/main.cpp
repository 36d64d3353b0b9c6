// target: the HTTP service under test. See docs/target.md.
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "core/cli/cli.hpp"
#include "target/logging/log.hpp"
#include "target/run/options.hpp"
#include "target/run/server.hpp"

namespace {

using namespace plimsoll;

Result<ExitCode> serve(const target::run::Options& options) {
  target::logging::LogWriter log{STDOUT_FILENO, options.log_level};
  target::run::Server server{options, log};
  if (auto listening = server.listen(); !listening) return listening.error();
  server.run();
  // Neither a reader of stdout nor a name server that hangs must keep the pod from ending.
  if (!log.finish(std::chrono::seconds{1}) || server.hangs()) std::_Exit(number(ExitCode::kPassed));
  return ExitCode::kPassed;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app{"The HTTP service under test: endpoints that cost CPU, memory and time", "target"};
  app.set_version_flag("--version", "target " PLIMSOLL_VERSION);
  target::run::Options options;
  target::run::add_options(app, options);
  if (const auto code = cli::parse(app, argc, argv)) return *code;
  return cli::run("target", [&options] { return serve(options); });
}

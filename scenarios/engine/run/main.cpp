#include "core/exit_code/exit_code.hpp"
#include "scenarios/engine/receiver/receiver.hpp"
#include "scenarios/engine/run/options.hpp"
#include "scenarios/engine/run/runner.hpp"

namespace {

using plimsoll::ExitCode;
using plimsoll::Result;
namespace engine = plimsoll::engine;

Result<ExitCode> start(const engine::run::RunOptions& options) { return engine::run::run(options); }
Result<ExitCode> start(const engine::run::ValidateOptions& options) {
  return engine::run::validate(options);
}
Result<ExitCode> start(const engine::receiver::ReceiverOptions& options) {
  const auto served = engine::receiver::run_receiver(options);
  if (!served) return served.error();
  return ExitCode::kPassed;
}

}  // namespace

int main(int argc, char** argv) {
  engine::run::Options options;
  if (const auto exit = engine::run::parse_options(argc, argv, options)) return *exit;
  return plimsoll::cli::run("plimsoll", [&] {
    return std::visit([](const auto& chosen) { return start(chosen); }, options);
  });
}

#include "scenarios/engine/runtime/options.hpp"
#include "scenarios/engine/runtime/receiver.hpp"
#include "scenarios/engine/runtime/runner.hpp"

namespace {

using plimsoll::ExitCode;
using plimsoll::Result;
namespace runtime = plimsoll::runtime;

Result<ExitCode> start(const runtime::RunOptions& options) { return runtime::run(options); }
Result<ExitCode> start(const runtime::ValidateOptions& options) {
  return runtime::validate(options);
}
Result<ExitCode> start(const runtime::ReceiverOptions& options) {
  return runtime::run_receiver(options);
}

}  // namespace

int main(int argc, char** argv) {
  runtime::Options options;
  if (const auto exit = runtime::parse_options(argc, argv, options)) return *exit;
  return plimsoll::cli::run("plimsoll", [&] {
    return std::visit([](const auto& chosen) { return start(chosen); }, options);
  });
}

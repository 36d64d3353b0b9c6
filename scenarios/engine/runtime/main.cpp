#include "scenarios/engine/runtime/options.hpp"
#include "scenarios/engine/runtime/receiver.hpp"

int main(int argc, char** argv) {
  using namespace plimsoll;
  runtime::Options options;
  if (const auto exit = runtime::parse_options(argc, argv, options)) return *exit;
  return cli::run("plimsoll", [&]() -> Result<ExitCode> {
    if (const auto* receiver = std::get_if<runtime::ReceiverOptions>(&options))
      return runtime::run_receiver(*receiver);
    return environment_error("this build has the receiver only");
  });
}

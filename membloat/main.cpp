#include "core/cli/cli.hpp"
#include "core/cli/interrupts.hpp"
#include "membloat/options.hpp"
#include "membloat/run.hpp"

int main(int argc, char** argv) {
  using namespace plimsoll;
  membloat::Options options;
  if (const auto exit = membloat::parse_options(argc, argv, options)) return *exit;
  cli::Interrupts interrupts;
  return cli::run("membloat", [&] { return membloat::run(options, interrupts); });
}

#include "core/cli/cli.hpp"
#include "core/cli/interrupts.hpp"
#include "cpuburn/options.hpp"
#include "cpuburn/run.hpp"

int main(int argc, char** argv) {
  using namespace plimsoll;
  cpuburn::Options options;
  if (const auto exit = cpuburn::parse_options(argc, argv, options)) return *exit;
  cli::Interrupts interrupts;
  return cli::run("cpuburn", [&] { return cpuburn::run(options, interrupts); });
}

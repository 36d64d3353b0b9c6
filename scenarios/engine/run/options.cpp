#include "scenarios/engine/run/options.hpp"

#include "scenarios/engine/kube/manifests.hpp"

namespace plimsoll::engine::run {
namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

void add_set(CLI::App& command, Settings& settings) {
  command
      .add_option_function<std::vector<std::string>>(
          "--set",
          [&settings](const std::vector<std::string>& texts) {
            for (const auto& text : texts) {
              const auto equals = text.find('=');
              if (equals == std::string::npos || equals == 0)
                throw CLI::ValidationError("--set", "\"" + text + "\" is not NAME=VALUE");
              settings.emplace_back(text.substr(0, equals), text.substr(equals + 1));
            }
          },
          "Give a parameter of the scenario (spec.params) another value; repeatable")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false)
      ->trigger_on_parse(false);
}

void add_files(CLI::App& command, std::vector<std::string>& files) {
  command.add_option("FILE", files, "Scenario files")->required()->type_name("");
}

void add_run(CLI::App& command, RunOptions& run) {
  add_files(command, run.files);
  add_set(command, run.set);
  command
      .add_option("--namespace", run.in_namespace,
                  "Run in this namespace; one that exists is kept, only this run's objects go. "
                  "Default: a new one for each run")
      ->type_name("NAME");
  command
      .add_option("--out", run.out,
                  "Folder for the result; with several FILEs each gets a folder inside. Default: "
                  "runs/SCENARIO-TIME")
      ->type_name("DIR");
  command.add_option("--context", run.context, "The kubeconfig context to use")->type_name("NAME");
  command.add_option("--kubeconfig", run.kubeconfig, "The kubeconfig file to use")
      ->type_name("FILE");
  command
      .add_option("--image-prefix", run.image_prefix,
                  "Where the images are, instead of docker.io/plimsoll: PREFIX/target:dev, "
                  "PREFIX/loadgen:dev (imagePullPolicy IfNotPresent)")
      ->type_name("PREFIX");
  command
      .add_option("--parallel", run.parallel,
                  "Run up to N scenarios beside each other, each in its own namespace; what they "
                  "load they share. Default: 1, one after another")
      ->type_name("N")
      ->check(CLI::Range(1, 100));
}

}  // namespace

std::optional<int> parse_options(int argc, const char* const* argv, Options& options) {
  CLI::App app{"Loads a service on Kubernetes past its limits and proves what happens.",
               "plimsoll"};
  cli::Common common;
  cli::add_common(app, common);
  app.require_subcommand(1);
  app.fallthrough();

  RunOptions run;
  run.image_prefix = kube::kDefaultImagePrefix;
  auto* run_command = app.add_subcommand("run", "Run scenarios against a cluster");
  add_run(*run_command, run);

  ValidateOptions validate;
  auto* validate_command = app.add_subcommand("validate", "Check scenario files; needs no cluster");
  add_files(*validate_command, validate.files);
  add_set(*validate_command, validate.set);

  receiver::ReceiverOptions receiver;
  auto* receiver_command = app.add_subcommand(
      "receiver", "Keep what Alertmanager's webhook delivers (POST /alerts, GET /deliveries)");
  receiver_command->add_option("--port", receiver.port, "Port to listen on; default 8080")
      ->type_name("PORT");

  if (const auto exit = cli::parse(app, argc, argv)) return exit;
  run.json = common.json;
  run.quiet = receiver.quiet = common.quiet;
  run.color = !common.no_color;
  while (run.image_prefix.ends_with('/')) run.image_prefix.pop_back();
  if (run_command->parsed())
    options = std::move(run);
  else if (validate_command->parsed())
    options = std::move(validate);
  else
    options = receiver;
  return std::nullopt;
}

}  // namespace plimsoll::engine::run

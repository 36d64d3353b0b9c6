#include "scenarios/engine/run/runner.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <memory>
#include <random>
#include <set>

#include "reports/run/text.hpp"
#include "scenarios/engine/kube/http_client.hpp"
#include "scenarios/engine/parse/parse.hpp"
#include "scenarios/engine/run/results.hpp"
#include "scenarios/engine/run/session.hpp"

namespace plimsoll::engine::run {
namespace asio = boost::asio;

namespace {

Result<ExitCode> passed() {
  return Result<ExitCode>{boost::system::in_place_value, ExitCode::kPassed};
}

// Six letters and digits fit into names and are unique enough here.
std::string new_run_id() {
  constexpr std::string_view kAlphabet = "abcdefghijkmnpqrstuvwxyz23456789";
  std::random_device random;
  std::string id;
  for (int i = 0; i < 6; ++i) id += kAlphabet[random() % kAlphabet.size()];
  return id;
}

// plimsoll-SCENARIO-ID, at most 63 bytes as a DNS label has to be.
std::string namespace_for(const std::string& scenario, const std::string& run) {
  std::string middle = scenario.substr(0, 63 - std::string_view{"plimsoll--"}.size() - run.size());
  while (middle.ends_with('-')) middle.pop_back();
  return fmt::format("plimsoll-{}-{}", middle, run);
}

std::string time_stamp() {
  const auto now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  char text[32];
  const auto length = std::strftime(text, sizeof text, "%Y%m%d-%H%M%S", &local);
  return {text, length};
}

// Prints every problem on a line of its own; whether there was none.
bool report(const std::vector<text::Problem>& problems) {
  for (const auto& problem : problems) cli::print_error("plimsoll", to_string(problem));
  return problems.empty();
}

// All scenarios of all files, each with its run id and namespace; nullopt after saying what is
// wrong with them.
std::optional<std::vector<RunPlan>> read_plans(const RunOptions& options) {
  std::vector<RunPlan> plans;
  bool good = true;
  for (const auto& file : options.files) {
    const auto first = parse::load_file(file, {.set = options.set});
    if (!report(first.problems)) {
      good = false;
      continue;
    }
    for (std::size_t i = 0; i < first.scenarios.size(); ++i) {
      RunPlan plan;
      plan.run = new_run_id();
      plan.in_namespace = options.in_namespace.empty()
                              ? namespace_for(first.scenarios[i].name, plan.run)
                              : options.in_namespace;
      // Again, now that its name has given it a namespace for ${namespace} to stand for.
      auto loaded = parse::load_file(
          file, {.set = options.set, .run = plan.run, .namespace_name = plan.in_namespace});
      if (!report(loaded.problems)) return std::nullopt;
      plan.scenario = std::move(loaded.scenarios.at(i));
      plan.image_prefix = options.image_prefix;
      plans.push_back(std::move(plan));
    }
  }
  if (!good) return std::nullopt;
  return plans;
}

// Where each run leaves its result. Error: the folder holds another run.
Result<void> choose_folders(const RunOptions& options, std::vector<RunPlan>& plans) {
  std::set<std::string> taken;
  for (auto& plan : plans) {
    plan.out = options.out.empty() ? fmt::format("runs/{}-{}", plan.scenario.name, time_stamp())
               : plans.size() == 1 ? options.out
                                   : fmt::format("{}/{}", options.out, plan.scenario.name);
    const std::string base = plan.out;
    for (int i = 2; !taken.insert(plan.out).second; ++i) plan.out = fmt::format("{}-{}", base, i);
    if (std::filesystem::exists(plan.out + "/observations.jsonl"))
      return usage_error(fmt::format("--out: {} holds another run; name a new folder", plan.out));
  }
  return {};
}

// The runs of one call: what they share, and what a signal does to them.
class Runner {
 public:
  Runner(const RunOptions& options, std::vector<RunPlan> plans)
      : options_(options),
        plans_(std::move(plans)),
        signals_(io_, SIGINT, SIGTERM, SIGHUP),
        cancellation_(clock_),
        console_(options.quiet, options.color && ::isatty(STDERR_FILENO) == 1) {}

  Result<ExitCode> run() {
    ::signal(SIGPIPE, SIG_IGN);
    wait_for_signal();
    Result<ExitCode> outcome = passed();
    std::exception_ptr failure;
    asio::co_spawn(io_, run_all(), [&](std::exception_ptr error, Result<ExitCode> result) {
      failure = error;
      outcome = std::move(result);
      io_.stop();
    });
    io_.run();
    if (failure) std::rethrow_exception(failure);
    return outcome;
  }

 private:
  void wait_for_signal() {
    signals_.async_wait([this](const boost::system::error_code& ec, int number) {
      if (ec) return;
      const auto why = number == SIGINT ? ExitCode::kInterrupted : ExitCode::kTerminated;
      if (cancellation_.cancelled()) leave_at_once(why);
      console_.insist("interrupted: cleaning up; once more to leave at once");
      cancellation_.cancel(why);
      wait_for_signal();
    });
  }

  [[noreturn]] void leave_at_once(ExitCode why) {
    if (session_)
      for (const auto& line : session_->standing()) console_.insist(line);
    proxy_.reset();
    std::fflush(nullptr);
    ::_exit(number(why));
  }

  asio::awaitable<Result<ExitCode>> run_all() {
    auto program = kube::find_kubectl();
    if (!program) co_return program.error();
    kubectl_.program = std::move(*program);
    kubectl_.kubeconfig = options_.kubeconfig;
    kubectl_.context = options_.context;
    const auto context = co_await context_name(io_.get_executor(), kubectl_);
    if (!context) co_return context.error();
    auto proxy = co_await kube::Proxy::start(io_.get_executor(), kubectl_);
    if (!proxy) co_return proxy.error();
    proxy_ = std::move(*proxy);
    asio::co_spawn(io_, watch_proxy(), [](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
    });
    http_ = std::make_unique<kube::HttpClient>(io_.get_executor(), proxy_->socket());
    kube_ = std::make_unique<kube::Kube>(*http_);

    ExitCode gravest = ExitCode::kPassed;
    for (auto& plan : plans_) {
      if (cancellation_.cancelled()) break;
      plan.kubectl = kubectl_;
      plan.context = *context;
      const auto exit = co_await run_one(&plan);
      gravest = graver(gravest, exit);
    }
    session_.reset();
    proxy_.reset();
    if (const auto written = write_json(options_.json, reports_); !written)
      co_return written.error();
    if (cancellation_.cancelled()) gravest = graver(gravest, *cancellation_.reason());
    co_return Result<ExitCode>{boost::system::in_place_value, gravest};
  }

  // A proxy that dies (killed, out of memory) must not leave a run blind and unable to clean up.
  asio::awaitable<void> watch_proxy() {
    for (;;) {
      co_await task::pause(clock_, std::chrono::seconds{1});
      if (proxy_ && proxy_->revive()) console_.say("kubectl proxy had ended; it was started again");
    }
  }

  asio::awaitable<ExitCode> run_one(const RunPlan* plan) {
    session_ = std::make_unique<Session>(*plan, *kube_, cancellation_, console_);
    const auto checked = co_await session_->check();
    if (!checked) {
      cli::print_error("plimsoll",
                       fmt::format("{}: {}", plan->scenario.name, checked.error().message));
      co_return checked.error().code;
    }
    // With --json - stdout belongs to the result alone.
    if (options_.json != "-") {
      fmt::print("scenario {}: context {}, namespace {}{}, run {}\n", plan->scenario.name,
                 plan->context, plan->in_namespace,
                 session_->own_namespace() ? "" : " (it exists and will stay)", plan->run);
      std::fflush(stdout);
    }
    const auto outcome = co_await session_->run();
    if (!outcome) {
      cli::print_error("plimsoll", outcome.error().message);
      co_return outcome.error().code;
    }
    co_return conclude(*plan, *outcome);
  }

  ExitCode conclude(const RunPlan& plan, const RunOutcome& outcome) {
    auto report = report_of(plan, outcome);
    const auto written = write_results(plan, report);
    if (!written) {
      cli::print_error("plimsoll", written.error().message);
      report.exit = graver(report.exit, written.error().code);
    }
    if (options_.json != "-") {
      fmt::print("\n{}",
                 reports::run::to_text(report, options_.color && ::isatty(STDOUT_FILENO) == 1));
      std::fflush(stdout);
    }
    const auto exit = report.exit;
    reports_.push_back(std::move(report));
    return exit;
  }

  const RunOptions& options_;
  std::vector<RunPlan> plans_;
  asio::io_context io_{1};
  asio::signal_set signals_;
  task::SystemClock clock_{io_.get_executor()};
  task::CancellationToken cancellation_;
  console::Console console_;
  kube::Kubectl kubectl_;
  std::unique_ptr<kube::Proxy> proxy_;
  std::unique_ptr<kube::HttpClient> http_;
  std::unique_ptr<kube::Kube> kube_;
  std::unique_ptr<Session> session_;
  std::vector<reports::run::Run> reports_;
};

}  // namespace

Result<ExitCode> validate(const ValidateOptions& options) {
  bool good = true;
  for (const auto& file : options.files) {
    const auto loaded = parse::load_file(file, {.set = options.set});
    good = report(loaded.problems) && good;
    if (!loaded.problems.empty()) continue;
    for (const auto& one : loaded.scenarios)
      fmt::print("{}: {}: {} steps, {} claims: valid\n", file, one.name, one.steps.size(),
                 one.claims.size());
  }
  return Result<ExitCode>{boost::system::in_place_value,
                          good ? ExitCode::kPassed : ExitCode::kUsage};
}

Result<ExitCode> run(const RunOptions& options) {
  auto plans = read_plans(options);
  if (!plans) return Result<ExitCode>{boost::system::in_place_value, ExitCode::kUsage};
  if (const auto chosen = choose_folders(options, *plans); !chosen) return chosen.error();
  return Runner{options, std::move(*plans)}.run();
}

}  // namespace plimsoll::engine::run

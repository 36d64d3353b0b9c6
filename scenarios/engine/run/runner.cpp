#include "scenarios/engine/run/runner.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <memory>
#include <optional>

#include "core/cli/output.hpp"
#include "reports/run/text.hpp"
#include "scenarios/engine/kube/kubectl_cluster.hpp"
#include "scenarios/engine/parse/parse.hpp"
#include "scenarios/engine/run/plan.hpp"
#include "scenarios/engine/run/results.hpp"
#include "scenarios/engine/run/session.hpp"
#include "scenarios/engine/task/task_group.hpp"

namespace plimsoll::engine::run {
namespace asio = boost::asio;

namespace {

Result<ExitCode> passed() { return ExitCode::kPassed; }

// Prints every problem on a line of its own; whether there was none.
bool report(const std::vector<text::Problem>& problems) {
  for (const auto& problem : problems) cli::print_error("plimsoll", to_string(problem));
  return problems.empty();
}

// One of the runs of a call.
struct Run {
  RunPlan plan;
  console::Console console;
  std::unique_ptr<Session> session = {};
  std::optional<reports::run::Run> report = {};
};

// The runs of one call: what they share, and what a signal does to them.
class Runner {
 public:
  Runner(const RunOptions& options, std::vector<RunPlan> plans)
      : options_(options),
        signals_(io_, SIGINT, SIGTERM, SIGHUP),
        cancellation_(clock_),
        console_(options.quiet, options.color && cli::shows_colors(STDERR_FILENO)) {
    const bool beside = options.parallel > 1 && plans.size() > 1;
    std::size_t widest = 0;
    for (const auto& plan : plans) widest = std::max(widest, plan.title.size());
    for (auto& plan : plans) {
      auto console = console_;
      if (beside) console.set_prefix(fmt::format("{:{}}  ", plan.title, widest));
      runs_.push_back({std::move(plan), std::move(console)});
    }
  }

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
    for (const auto& run : runs_)
      if (run.session)
        for (const auto& line : run.session->standing()) run.console.insist(line);
    proxy_.reset();
    std::fflush(nullptr);
    ::_exit(number(why));
  }

  asio::awaitable<Result<ExitCode>> run_all() {
    kube::Kubectl kubectl{"", options_.kubeconfig, options_.context};
    auto program = kube::find_kubectl();
    if (!program) co_return program.error();
    kubectl.program = std::move(*program);
    const auto context = co_await context_name(io_.get_executor(), kubectl);
    if (!context) co_return context.error();
    auto proxy = co_await kube::Proxy::start(io_.get_executor(), kubectl);
    if (!proxy) co_return proxy.error();
    proxy_ = std::move(*proxy);
    asio::co_spawn(io_, watch_proxy(), [](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
    });
    cluster_ =
        std::make_unique<kube::KubectlCluster>(io_.get_executor(), kubectl, proxy_->socket());
    for (auto& run : runs_) {
      run.plan.kubectl = kubectl;
      run.plan.context = *context;
    }

    task::TaskGroup lanes{cancellation_};
    const auto count = std::min(static_cast<std::size_t>(options_.parallel), runs_.size());
    for (std::size_t i = 0; i < count; ++i) lanes.start(run_in_turn());
    co_await lanes.joined();
    proxy_.reset();

    std::vector<reports::run::Run> reports;
    for (auto& run : runs_)
      if (run.report) reports.push_back(std::move(*run.report));
    if (const auto written = write_json(options_.json, reports); !written)
      co_return written.error();
    if (cancellation_.cancelled()) gravest_ = graver(gravest_, *cancellation_.reason());
    co_return gravest_;
  }

  // Begins the next run when its last one has ended, until there is none. As many of these go on
  // as runs may go on beside each other.
  asio::awaitable<void> run_in_turn() {
    while (next_ < runs_.size() && !cancellation_.cancelled()) {
      auto& run = runs_[next_++];
      const auto exit = co_await run_one(&run);
      run.session.reset();
      gravest_ = graver(gravest_, exit);
    }
  }

  // A proxy that dies (killed, out of memory) must not leave a run blind and unable to clean up.
  asio::awaitable<void> watch_proxy() {
    for (;;) {
      co_await task::pause(clock_, std::chrono::seconds{1});
      if (proxy_ && proxy_->revive()) console_.say("kubectl proxy had ended; it was started again");
    }
  }

  asio::awaitable<ExitCode> run_one(Run* run) {
    const auto& plan = run->plan;
    run->session = std::make_unique<Session>(plan, *cluster_, cancellation_, run->console);
    const auto checked = co_await run->session->check();
    if (!checked) {
      cli::print_error("plimsoll", fmt::format("{}: {}", plan.title, checked.error().message));
      co_return exit_code(checked.error());
    }
    // With --json - stdout belongs to the result alone.
    if (options_.json != "-") {
      fmt::print("scenario {}: context {}, namespace {}{}, run {}\n", plan.scenario.name,
                 plan.context, plan.in_namespace,
                 run->session->own_namespace() ? "" : " (it exists and will stay)", plan.run);
      std::fflush(stdout);
    }
    const auto outcome = co_await run->session->run();
    if (!outcome) {
      cli::print_error("plimsoll", fmt::format("{}: {}", plan.title, outcome.error().message));
      co_return exit_code(outcome.error());
    }
    co_return conclude(*run, *outcome);
  }

  ExitCode conclude(Run& run, const RunOutcome& outcome) {
    auto report = report_of(run.plan, outcome);
    const auto written = write_results(run.plan, report);
    if (!written) {
      cli::print_error("plimsoll", written.error().message);
      report.exit = graver(report.exit, exit_code(written.error()));
    }
    if (options_.json != "-") {
      fmt::print("\n{}",
                 reports::run::to_text(report, options_.color && cli::shows_colors(STDOUT_FILENO)));
      std::fflush(stdout);
    }
    run.report = std::move(report);
    return run.report->exit;
  }

  const RunOptions& options_;
  asio::io_context io_{1};
  asio::signal_set signals_;
  task::SystemClock clock_{io_.get_executor()};
  task::CancellationToken cancellation_;
  console::Console console_;
  std::unique_ptr<kube::Proxy> proxy_;
  std::unique_ptr<kube::KubectlCluster> cluster_;
  std::vector<Run> runs_;
  std::size_t next_ = 0;
  ExitCode gravest_ = ExitCode::kPassed;
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
  return good ? ExitCode::kPassed : ExitCode::kUsage;
}

Result<ExitCode> run(const RunOptions& options) {
  auto planned = read_plans(options);
  if (!report(planned.problems)) return ExitCode::kUsage;
  if (options.parallel > 1 && planned.plans.size() > 1 && !options.in_namespace.empty())
    return invalid_input(
        "--parallel: runs beside each other need a namespace each; leave out --namespace");
  if (const auto chosen = choose_folders(options, planned.plans); !chosen) return chosen.error();
  return Runner{options, std::move(planned.plans)}.run();
}

}  // namespace plimsoll::engine::run

#include "loadgen/run/run.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <exception>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include "core/cgroup/cgroup.hpp"
#include "loadgen/client/worker.hpp"
#include "loadgen/result/exposition.hpp"
#include "loadgen/run/metrics_server.hpp"
#include "loadgen/run/monitor.hpp"

namespace plimsoll::loadgen::run {
namespace asio = boost::asio;
namespace {

constexpr std::uint64_t kOtherFiles = 32;  // epoll, timers, DNS, metrics, output

double process_cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// getrusage would do, were it not that a program inherits the peak of the one that started it.
std::uint64_t max_rss_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6)) * 1024;
  return 0;
}

// Where no cgroup can be read there is no throttling to report.
cgroup::CpuStat throttling() {
  const auto own = cgroup::Cgroup::of_this_process();
  if (!own) return {};
  const auto stat = own->cpu_stat();
  return stat ? *stat : cgroup::CpuStat{};
}

// The threads of a run and the main thread's watch over them.
class Run {
 public:
  Run(const plan::Plan& plan, const RunSettings& settings)
      : plan_(plan),
        settings_(settings),
        monitor_(plan,
                 [this](std::int64_t second, const latency::Histogram& latencies) {
                   if (settings_.on_second) settings_.on_second(result_.started, second, latencies);
                 }),
        signals_(io_, SIGINT, SIGTERM),
        timer_(io_) {
    for (std::uint64_t i = 0; i < plan.threads; ++i)
      workers_.push_back(std::make_unique<client::Worker>(plan, i, stop_));
  }

  // Before anything is sent.
  Result<void> open_metrics() {
    if (!settings_.metrics_port) return {};
    for (auto& worker : workers_) worker->snapshots().want();
    metrics_.emplace(io_, [this] { return metrics_page(); });
    const auto port = metrics_->listen(*settings_.metrics_port);
    if (!port) return port.error();
    if (settings_.metrics_ready) settings_.metrics_ready(*port);
    return {};
  }

  result::RunResult carry_out() {
    result_.started = std::chrono::system_clock::now();
    const auto throttled_before = throttling();
    const double cpu_before = process_cpu_seconds();
    watch_signals();
    watch_progress();
    start_threads();
    io_.run();
    for (auto& thread : threads_) thread.join();
    if (failure_) std::rethrow_exception(failure_);
    collect(true);
    result_.generator.cpu_seconds = process_cpu_seconds() - cpu_before;
    result_.generator.max_rss_bytes = max_rss_bytes();
    merge(throttled_before);
    judge(result_, plan_.options.thresholds);
    return std::move(result_);
  }

 private:
  void start_threads() {
    running_ = workers_.size();
    // All threads begin at the same instant, once the last of them has opened its connections.
    auto start = std::make_shared<std::atomic<std::int64_t>>(0);
    const auto set_start = [this, start]() noexcept {
      *start = std::chrono::steady_clock::now().time_since_epoch().count();
      result_.started = std::chrono::system_clock::now();
    };
    auto ready = std::make_shared<std::barrier<decltype(set_start)>>(
        static_cast<std::ptrdiff_t>(workers_.size()), set_start);
    for (auto& worker : workers_) {
      threads_.emplace_back([this, &worker, start, ready] {
        bool arrived = false;
        try {
          worker->prepare();
          arrived = true;
          ready->arrive_and_wait();
          worker->run(*start);
          finished(nullptr);
        } catch (...) {
          stop_ = true;
          if (!arrived) ready->arrive_and_drop();
          finished(std::current_exception());
        }
      });
    }
  }

  void finished(std::exception_ptr failure) {
    asio::post(io_, [this, failure] {
      if (failure) failure_ = failure;
      if (--running_ > 0) return;
      signals_.cancel();
      timer_.cancel();
      done_ = true;
      io_.stop();  // the metrics server would go on
    });
  }

  [[nodiscard]] std::string metrics_page() const {
    stats::Snapshot all;
    for (const auto& worker : workers_) all.add(worker->snapshots().latest());
    return result::to_exposition(all);
  }

  void watch_signals() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      result_.signal = signal;
      stop_ = true;
      signals_.clear();  // back to the default: a second one ends the process
    });
  }

  void watch_progress() {
    timer_.expires_after(std::chrono::milliseconds(250));
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (error || done_) return;
      collect(false);
      const auto progress = monitor_.progress();
      if (settings_.show_progress && !progress.empty()) settings_.show_progress(progress);
      if (result_.aborted_by.empty()) result_.aborted_by = monitor_.met_abort_rule();
      if (!result_.aborted_by.empty()) stop_ = true;
      watch_progress();
    });
  }

  void collect(bool all) {
    for (auto& worker : workers_)
      for (const auto& interval : worker->outbox().take()) monitor_.add(interval);
    monitor_.advance(all);
  }

  void merge(const cgroup::CpuStat& throttled_before) {
    result_.phases.resize(plan_.phases.size());
    double busiest = 0;
    double stalled = 0;
    for (auto& worker : workers_) {
      const auto part = worker->take_result();
      for (std::size_t i = 0; i < part.phases.size(); ++i)
        result_.phases[i].record.merge(part.phases[i]);
      result_.mix.resize(part.mix.size());
      for (std::size_t i = 0; i < part.mix.size(); ++i) result_.mix[i].merge(part.mix[i]);
      result_.connections.add(part.connections);
      result_.pods.merge(part.pods);
      for (const auto& [address, counts] : part.endpoints) {
        result_.endpoints[address].connections += counts.connections;
        result_.endpoints[address].requests += counts.requests;
      }
      if (part.wall_seconds > 0) busiest = std::max(busiest, part.cpu_seconds / part.wall_seconds);
      stalled = std::max(stalled, part.stalled_seconds);
      result_.duration_s = std::max(result_.duration_s, part.wall_seconds);
    }
    merge_phases();
    result_.series = monitor_.take_series();
    const auto throttled = throttling();
    auto& generator = result_.generator;
    generator.throttled_periods = throttled.throttled_periods - throttled_before.throttled_periods;
    generator.saturation = result::assess(
        {.schedule_lag = &result_.totals.schedule_lag,
         .latency = &result_.totals.latency,
         .stalled_seconds = stalled,
         .busiest_thread_cpu = busiest,
         .duration_s = result_.duration_s,
         .throttled_periods = generator.throttled_periods,
         .throttled_seconds = throttled.throttled_seconds - throttled_before.throttled_seconds});
  }

  // A phase lasts as planned, or longer if its answers took longer to come in: until the last one,
  // less the shortest latency, by which even the best target's answers are shifted. One that was
  // cut short lasts until the run was.
  void merge_phases() {
    const double wall = result_.duration_s;
    double end_of_measured = 0;
    const bool cut = result_.signal != 0 || !result_.aborted_by.empty() || plan_.options.requests;
    for (std::size_t i = 0; i < plan_.phases.size(); ++i) {
      auto& part = result_.phases[i];
      part.phase = plan_.phases[i];
      const double start = units::seconds(part.phase.start);
      const double last_end = static_cast<double>(part.record.last_end) * 1e-9;
      double end = start + units::seconds(part.phase.duration);
      if (cut) end = std::min(end, wall);
      // Requests all sent: the run ended with the last answer, not with the next tick of a timer.
      if (plan_.options.requests && part.record.counts.completed > 0) end = last_end;
      const double shift = static_cast<double>(part.record.latency.min()) * 1e-9;
      part.duration_s = std::max({end, last_end - shift, start}) - start;
      if (part.phase.warmup) continue;
      result_.totals.merge(part.record);
      end_of_measured = std::max(end_of_measured, start + part.duration_s);
    }
    result_.duration_s = std::max(0.0, end_of_measured - units::seconds(plan_.options.warmup));
  }

  const plan::Plan& plan_;
  const RunSettings& settings_;
  Monitor monitor_;
  std::atomic<bool> stop_{false};
  asio::io_context io_;
  asio::signal_set signals_;
  asio::steady_timer timer_;
  std::vector<std::unique_ptr<client::Worker>> workers_;
  std::optional<MetricsServer> metrics_;
  std::vector<std::thread> threads_;
  std::size_t running_ = 0;
  bool done_ = false;
  std::exception_ptr failure_;
  result::RunResult result_;
};

}  // namespace

Result<void> allow_connections(std::uint64_t connections) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
  if (limit.rlim_cur != limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur != RLIM_INFINITY && connections + kOtherFiles > limit.rlim_cur)
    return unavailable(fmt::format(
        "{} connections need {} open files and the limit is {}: raise it (ulimit -n) or lower "
        "--connections",
        connections, connections + kOtherFiles, limit.rlim_cur));
  return {};
}

Result<result::RunResult> run(const plan::Plan& plan, const RunSettings& settings) {
  std::signal(SIGPIPE, SIG_IGN);
  Run run(plan, settings);
  if (const auto open = run.open_metrics(); !open) return open.error();
  return run.carry_out();
}

}  // namespace plimsoll::loadgen::run

#include "loadgen/run/run.hpp"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <exception>
#include <memory>
#include <string>
#include <thread>

#include "core/machine/machine.hpp"
#include "loadgen/client/socket_network.hpp"
#include "loadgen/client/worker.hpp"
#include "loadgen/result/exposition.hpp"
#include "loadgen/run/metrics_server.hpp"
#include "loadgen/run/monitor.hpp"
#include "loadgen/run/process.hpp"

namespace plimsoll::loadgen::run {
namespace asio = boost::asio;
namespace {

struct Thread {
  Thread(const plan::Plan& plan, std::uint64_t index, const std::atomic<bool>& stop)
      : network(plan), worker(plan, index, stop, network) {}
  client::SocketNetwork network;
  client::Worker worker;
  std::thread thread;
};

// The threads of a run, and the main thread's watch over them.
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
      threads_.push_back(std::make_unique<Thread>(plan, i, stop_));
  }

  // Before anything is sent.
  Result<void> open_metrics() {
    if (!settings_.metrics_port) return {};
    for (auto& thread : threads_) thread->worker.reports().ask_for_snapshots();
    metrics_.emplace(io_, [this] { return metrics_page(); });
    const auto port = metrics_->listen(*settings_.metrics_port);
    if (!port) return port.error();
    if (settings_.metrics_ready) settings_.metrics_ready(*port);
    return {};
  }

  result::RunResult carry_out() {
    result_.started = std::chrono::system_clock::now();
    const auto throttled_before = throttling();
    const double cpu_before = units::seconds(machine::process_cpu());
    watch_signals();
    watch_progress();
    start_threads();
    io_.run();
    for (auto& thread : threads_) thread->thread.join();
    if (failure_) std::rethrow_exception(failure_);
    collect(true);
    result_.generator.cpu_seconds = units::seconds(machine::process_cpu()) - cpu_before;
    result_.generator.max_rss_bytes = max_rss_bytes();
    merge(throttled_before);
    judge(result_, plan_.options.thresholds);
    return std::move(result_);
  }

 private:
  void start_threads() {
    running_ = threads_.size();
    // All threads begin at the same instant, once the last of them has opened its connections.
    auto start = std::make_shared<std::atomic<std::int64_t>>(0);
    const auto set_start = [this, start]() noexcept {
      *start = std::chrono::steady_clock::now().time_since_epoch().count();
      result_.started = std::chrono::system_clock::now();
    };
    auto ready = std::make_shared<std::barrier<decltype(set_start)>>(
        static_cast<std::ptrdiff_t>(threads_.size()), set_start);
    for (auto& thread : threads_) {
      thread->thread = std::thread([this, &worker = thread->worker, start, ready] {
        bool arrived = false;
        try {
          worker.prepare();
          arrived = true;
          ready->arrive_and_wait();
          worker.run(*start);
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

  [[nodiscard]] std::string metrics_page() {
    collect(false);
    return result::to_exposition(monitor_.so_far());
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
    for (std::size_t i = 0; i < threads_.size(); ++i)
      for (auto& report : threads_[i]->worker.reports().take()) monitor_.add(i, std::move(report));
    monitor_.advance(all);
  }

  void merge(const cgroup::CpuStat& throttled_before) {
    stats::ThreadResult all;
    double busiest = 0;
    double stalled = 0;
    for (auto& thread : threads_) {
      const auto part = thread->worker.take_result();
      all.merge(part.counted);
      if (part.wall_seconds > 0) busiest = std::max(busiest, part.cpu_seconds / part.wall_seconds);
      stalled = std::max(stalled, part.stalled_seconds);
      result_.duration_s = std::max(result_.duration_s, part.wall_seconds);
    }
    result_.mix = std::move(all.mix);
    result_.connections = all.connections;
    result_.endpoints = std::move(all.endpoints);
    result_.pods = std::move(all.pods);
    result_.phases.resize(plan_.phases.size());
    for (std::size_t i = 0; i < all.phases.size(); ++i)
      result_.phases[i].record = std::move(all.phases[i]);
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
  std::vector<std::unique_ptr<Thread>> threads_;
  std::optional<MetricsServer> metrics_;
  std::size_t running_ = 0;
  bool done_ = false;
  std::exception_ptr failure_;
  result::RunResult result_;
};

}  // namespace

Result<result::RunResult> run(const plan::Plan& plan, const RunSettings& settings) {
  std::signal(SIGPIPE, SIG_IGN);
  Run run(plan, settings);
  if (const auto open = run.open_metrics(); !open) return open.error();
  return run.carry_out();
}

}  // namespace plimsoll::loadgen::run

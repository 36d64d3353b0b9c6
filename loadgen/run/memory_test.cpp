// An hour of a run, as its histograms and its series see it: memory does not grow with the number
// of requests. 10^6 samples; PLIMSOLL_MEMORY_SAMPLES=100000000 for the whole thing.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>

#include "core/latency/v2.hpp"
#include "loadgen/run/interval_log.hpp"
#include "loadgen/run/monitor.hpp"

namespace plimsoll::loadgen::run {
namespace {

constexpr std::int64_t kSeconds = 3600;

std::uint64_t samples() {
  const auto* given = std::getenv("PLIMSOLL_MEMORY_SAMPLES");
  return given == nullptr ? 1'000'000 : std::stoull(given);
}

std::uint64_t peak_rss_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6)) * 1024;
  return 0;
}

// Mostly some milliseconds, with a tail over six decades.
std::int64_t latency_of(std::mt19937_64& random) {
  const double uniform = static_cast<double>(random() >> 11) * 0x1p-53;
  return static_cast<std::int64_t>(1e6 * std::pow(1 - uniform, -0.7)) +
         static_cast<std::int64_t>(random() % 1'000'000);
}

class TemporaryLog {
 public:
  TemporaryLog() { ::close(::mkstemp(path_.data())); }
  ~TemporaryLog() { std::remove(path_.c_str()); }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::size_t size() const {
    return static_cast<std::size_t>(std::ifstream(path_, std::ios::binary | std::ios::ate).tellg());
  }

 private:
  std::string path_ = testing::TempDir() + "plimsoll-log-XXXXXX";
};

TEST(MemoryTest, AnHourWithALogOfEverySecondFitsInFortyMegabytes) {
  plan::Options options;
  options.url = "http://h/";
  options.duration = std::chrono::hours{1};
  const auto plan = make_plan(options);
  const TemporaryLog file;
  IntervalLog log;
  ASSERT_TRUE(log.open(file.path()));
  const IntervalLog::Clock::time_point started{};
  Monitor monitor(*plan, [&](std::int64_t second, const latency::Histogram& latencies) {
    log.add(started, second, latencies);
  });
  std::mt19937_64 random(1);
  stats::PhaseStatistics record;
  latency::Histogram of_second;
  const auto each = samples() / kSeconds;
  for (std::int64_t second = 0; second < kSeconds; ++second) {
    stats::SecondReport report;
    report.second = second;
    report.counts.sent = report.counts.completed = each;
    for (std::uint64_t i = 0; i < each; ++i) {
      const auto latency = latency_of(random);
      for (auto* histogram : {&record.latency, &record.service_time, &record.send_lag,
                              &record.schedule_lag, &of_second})
        histogram->record(latency);
    }
    report.latency = latency::encode_counts(of_second);
    of_second.reset();
    monitor.add(0, std::move(report));
    monitor.advance(false);
  }
  ASSERT_TRUE(log.close(started));
  const auto series = monitor.take_series();
  const auto peak = peak_rss_bytes();
  std::printf("%lld samples, %zu seconds, log of %zu KiB, peak RSS %llu KiB\n",
              static_cast<long long>(record.latency.count()), series.size(), file.size() / 1024,
              static_cast<unsigned long long>(peak / 1024));
  EXPECT_EQ(series.size(), static_cast<std::size_t>(kSeconds));
  EXPECT_EQ(static_cast<std::uint64_t>(record.latency.count()), each * kSeconds);
  EXPECT_GT(file.size(), 100u * kSeconds);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_LT(peak, 40u << 20);
#endif
}

TEST(IntervalLogTest, ALineIsThereWhenItsSecondIsOver) {
  const TemporaryLog file;
  IntervalLog log;
  ASSERT_TRUE(log.open(file.path()));
  latency::Histogram latencies;
  latencies.record(2'500'000);
  log.add(IntervalLog::Clock::time_point{}, 3, latencies);
  std::ifstream lines(file.path());
  std::string line;
  for (int i = 0; i < 4; ++i) std::getline(lines, line);
  EXPECT_TRUE(line.starts_with("3.000,1.000,2.500,HISTFAAAA")) << line;
}

TEST(IntervalLogTest, ARunWithoutASecondLeavesAReadableLog) {
  const TemporaryLog file;
  IntervalLog log;
  ASSERT_TRUE(log.open(file.path()));
  ASSERT_TRUE(log.close(IntervalLog::Clock::time_point{}));
  std::string line;
  std::ifstream lines(file.path());
  std::getline(lines, line);
  EXPECT_EQ(line, "#[Histogram log format version 1.3]");
}

TEST(IntervalLogTest, AFullDiskIsToldAtTheEnd) {
  IntervalLog log;
  ASSERT_TRUE(log.open("/dev/full"));
  log.add(IntervalLog::Clock::time_point{}, 0, latency::Histogram{});
  const auto closed = log.close(IntervalLog::Clock::time_point{});
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().category, ErrorCategory::kUnavailable);
  EXPECT_EQ(closed.error().message, "cannot write /dev/full: No space left on device");
}

TEST(IntervalLogTest, AFolderThatIsNotThereIsToldAtTheStart) {
  IntervalLog log;
  const auto open = log.open("/nowhere/x.hlog");
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().category, ErrorCategory::kUnavailable);
}

}  // namespace
}  // namespace plimsoll::loadgen::run

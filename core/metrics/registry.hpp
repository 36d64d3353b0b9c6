// Metrics for a hot path, in Prometheus' text format. Home of prometheus-cpp.
// Counters, gauges and histograms are relaxed atomic adds on the calling thread's own cache line; a
// scrape sums the cells. (prometheus::Histogram takes a mutex per observation and
// prometheus::Counter is one shared compare-and-swap loop; so only the text format and the name
// checks come from there.) Units: base units, named in the metric (_seconds, _bytes, _total).
// Errors: a bad name, a bad label or a clash throws std::invalid_argument; it is a bug in the
// caller. Thread-safety: everything may be called from any thread; references stay valid as long as
// the registry. A scrape is not a snapshot: figures may be some nanoseconds apart. Sources:
// https://prometheus.io/docs/instrumenting/exposition_formats/,
// https://prometheus.io/docs/practices/naming/
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace plimsoll::metrics {

using Labels = std::vector<std::pair<std::string, std::string>>;

inline constexpr std::size_t kCells = 8;

// Which cell the calling thread writes to. Threads beyond kCells share.
[[nodiscard]] std::size_t own_cell() noexcept;

class Counter {
 public:
  void add(std::uint64_t count = 1) noexcept {
    cells_[own_cell()].value.fetch_add(count, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t value() const noexcept;

 private:
  struct alignas(64) Cell {
    std::atomic<std::uint64_t> value{0};
  };
  std::array<Cell, kCells> cells_;
};

// Goes up and down; what one thread adds another may take away.
class Gauge {
 public:
  void add(std::int64_t change) noexcept {
    up_.add(static_cast<std::uint64_t>(change));  // modulo 2^64, as is the sum
  }
  [[nodiscard]] std::int64_t value() const noexcept {
    return static_cast<std::int64_t>(up_.value());
  }

 private:
  Counter up_;
};

// Durations in buckets; upper bounds are inclusive. At most kMaxBounds of them.
class Histogram {
 public:
  static constexpr std::size_t kMaxBounds = 20;

  explicit Histogram(std::vector<std::chrono::nanoseconds> upper_bounds);
  void observe(std::chrono::nanoseconds duration) noexcept;

  struct Counts {
    std::vector<std::uint64_t> cumulative;  // one per bound, and the last for everything
    std::chrono::nanoseconds sum{0};
  };
  [[nodiscard]] Counts counts() const;
  [[nodiscard]] const std::vector<std::chrono::nanoseconds>& bounds() const noexcept {
    return bounds_;
  }

 private:
  struct alignas(64) Cell {
    std::array<std::atomic<std::uint64_t>, kMaxBounds + 1> buckets{};
    std::atomic<std::int64_t> sum_ns{0};
  };
  std::vector<std::chrono::nanoseconds> bounds_;
  std::array<Cell, kCells> cells_;
};

class Registry {
 public:
  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // The same name and labels give the same metric again.
  Counter& counter(const std::string& name, const std::string& help, const Labels& labels = {});
  Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels = {});
  Histogram& histogram(const std::string& name, const std::string& help, const Labels& labels,
                       const std::vector<std::chrono::nanoseconds>& upper_bounds);
  // Read at each scrape.
  void read_gauge(const std::string& name, const std::string& help, std::function<double()> read,
                  const Labels& labels = {});
  void read_counter(const std::string& name, const std::string& help, std::function<double()> read);

  // Prometheus' text format; families in the order in which they were made.
  [[nodiscard]] std::string text() const;

 private:
  struct Family;
  Family& family(const std::string& name, const std::string& help, int type);

  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Family>> families_;
};

// The content type of text().
inline constexpr const char* kTextContentType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace plimsoll::metrics

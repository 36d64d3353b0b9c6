// Latency histogram of fixed size: log-linear buckets, three significant digits (error at most
// 0.1 %), 1 ns to 1 h; larger values are recorded as 1 h and counted in clamped(). Same bucket
// layout as HdrHistogram with (lowest 1, highest 3.6e12, 3 digits), so that its readers and ours
// agree bucket by bucket. Values are nanoseconds. Memory: 264 KiB, touched only where values fall.
// Thread-safety: none; one per thread, merged afterwards. Source: https://hdrhistogram.github.io
#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>

namespace plimsoll::latency {

class Histogram {
 public:
  static constexpr std::int64_t kHighest = 3'600'000'000'000;
  static constexpr int kSignificantDigits = 3;
  static constexpr int kSubBucketCount = 2048;  // the power of two above 2 * 10^3
  static constexpr int kBucketCount = 32;       // 2048 << 31 is the first above kHighest
  static constexpr std::size_t kCountsLength = (kBucketCount + 1) * (kSubBucketCount / 2);

  Histogram();

  // Negative values count as 0.
  void record(std::int64_t value) noexcept { record(value, 1); }
  void record(std::int64_t value, std::int64_t times) noexcept {
    if (value > kHighest) {
      value = kHighest;
      clamped_ += times;
    }
    if (value < 0) value = 0;
    counts_[index_of(value)] += times;
    count_ += times;
    if (value > max_) max_ = value;
    if (value < min_) min_ = value;
  }
  void merge(const Histogram& other) noexcept;
  void reset() noexcept;

  [[nodiscard]] std::int64_t count() const noexcept { return count_; }
  [[nodiscard]] std::int64_t clamped() const noexcept { return clamped_; }
  // Exact; 0 when empty.
  [[nodiscard]] std::int64_t min() const noexcept { return count_ == 0 ? 0 : min_; }
  [[nodiscard]] std::int64_t max() const noexcept { return max_; }
  // From the middle of each bucket, as HdrHistogram does; 0 when empty.
  [[nodiscard]] double mean() const noexcept;
  [[nodiscard]] double stddev() const noexcept;
  // The smallest recorded value that at least percent % of the values do not exceed (nearest rank),
  // to three digits and never above max(); 0 when empty. percent is 0..100.
  [[nodiscard]] std::int64_t percentile(double percent) const noexcept;
  // How many values lie in buckets wholly at or below value.
  [[nodiscard]] std::int64_t count_at_or_below(std::int64_t value) const noexcept;

  // The buckets, for encoders. Up to the bucket of max().
  [[nodiscard]] std::span<const std::int64_t> used_counts() const noexcept;
  // Adds to the bucket at index, for decoders; min and max become the bucket's edges.
  void add_to_bucket(std::size_t index, std::int64_t times) noexcept;

  [[nodiscard]] static constexpr std::size_t index_of(std::int64_t value) noexcept {
    const auto bits = static_cast<std::uint64_t>(value);
    const int bucket = 53 - std::countl_zero(bits | (kSubBucketCount - 1));
    const auto sub_bucket = static_cast<std::int64_t>(bits >> bucket);
    return static_cast<std::size_t>(((bucket + 1) << 10) + sub_bucket - kSubBucketCount / 2);
  }
  [[nodiscard]] static std::int64_t lowest_of(std::size_t index) noexcept;
  [[nodiscard]] static std::int64_t highest_of(std::size_t index) noexcept;
  [[nodiscard]] static std::int64_t middle_of(std::size_t index) noexcept;

 private:
  struct Free {
    void operator()(std::int64_t* memory) const noexcept { std::free(memory); }
  };
  std::unique_ptr<std::int64_t[], Free> counts_;
  std::int64_t count_ = 0;
  std::int64_t clamped_ = 0;
  std::int64_t min_ = INT64_MAX;
  std::int64_t max_ = 0;
};

}  // namespace plimsoll::latency

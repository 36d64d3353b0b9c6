#include "core/latency/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <new>

namespace plimsoll::latency {
namespace {

// Width of the buckets at index, as a power of two.
int width_exponent(std::size_t index) noexcept {
  return index < Histogram::kSubBucketCount ? 0 : static_cast<int>(index >> 10) - 1;
}

}  // namespace

// calloc gives untouched pages: a histogram costs the memory of the buckets that are hit.
Histogram::Histogram()
    : counts_(static_cast<std::int64_t*>(std::calloc(kCountsLength, sizeof(std::int64_t)))) {
  if (counts_ == nullptr) throw std::bad_alloc();
}

void Histogram::merge(const Histogram& other) noexcept {
  if (other.count_ == 0) return;
  const std::size_t first = index_of(other.min_);
  const std::size_t last = index_of(other.max_);
  for (std::size_t i = first; i <= last; ++i)
    if (other.counts_[i] != 0) counts_[i] += other.counts_[i];
  count_ += other.count_;
  clamped_ += other.clamped_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

void Histogram::reset() noexcept {
  if (count_ != 0) {
    const auto first = static_cast<std::ptrdiff_t>(index_of(min_));
    const auto last = static_cast<std::ptrdiff_t>(index_of(max_));
    std::fill(counts_.get() + first, counts_.get() + last + 1, 0);
  }
  count_ = clamped_ = max_ = 0;
  min_ = INT64_MAX;
}

double Histogram::mean() const noexcept {
  if (count_ == 0) return 0;
  double sum = 0;
  for (std::size_t i = index_of(min_); i <= index_of(max_); ++i)
    if (counts_[i] != 0) sum += static_cast<double>(middle_of(i)) * static_cast<double>(counts_[i]);
  return sum / static_cast<double>(count_);
}

double Histogram::stddev() const noexcept {
  if (count_ == 0) return 0;
  const double average = mean();
  double sum = 0;
  for (std::size_t i = index_of(min_); i <= index_of(max_); ++i) {
    if (counts_[i] == 0) continue;
    const double deviation = static_cast<double>(middle_of(i)) - average;
    sum += deviation * deviation * static_cast<double>(counts_[i]);
  }
  return std::sqrt(sum / static_cast<double>(count_));
}

std::int64_t Histogram::percentile(double percent) const noexcept {
  if (count_ == 0) return 0;
  const double wanted = std::clamp(percent, 0.0, 100.0) / 100 * static_cast<double>(count_);
  // 99.9 % of 1000 is 999.0000000000001 in binary: that must not become rank 1000.
  const auto rank = std::clamp(static_cast<std::int64_t>(std::ceil(wanted - 1e-9 * wanted)),
                               std::int64_t{1}, count_);
  std::int64_t seen = 0;
  for (std::size_t i = index_of(min_); i <= index_of(max_); ++i) {
    seen += counts_[i];
    if (seen >= rank) return std::min(highest_of(i), max_);
  }
  return max_;
}

std::int64_t Histogram::count_at_or_below(std::int64_t value) const noexcept {
  if (count_ == 0 || value < min_) return 0;
  std::int64_t seen = 0;
  for (std::size_t i = index_of(min_); i <= index_of(max_) && highest_of(i) <= value; ++i)
    seen += counts_[i];
  return value >= max_ ? count_ : seen;
}

std::span<const std::int64_t> Histogram::used_counts() const noexcept {
  return {counts_.get(), index_of(max_) + 1};
}

void Histogram::add_to_bucket(std::size_t index, std::int64_t times) noexcept {
  if (times == 0) return;
  counts_[index] += times;
  count_ += times;
  min_ = std::min(min_, lowest_of(index));
  max_ = std::max(max_, std::min(highest_of(index), kHighest));
}

std::int64_t Histogram::lowest_of(std::size_t index) noexcept {
  const int exponent = width_exponent(index);
  const auto sub_bucket = static_cast<std::int64_t>(index) - (std::int64_t{exponent} << 10);
  return sub_bucket << exponent;
}

std::int64_t Histogram::highest_of(std::size_t index) noexcept {
  return lowest_of(index) + (std::int64_t{1} << width_exponent(index)) - 1;
}

std::int64_t Histogram::middle_of(std::size_t index) noexcept {
  return lowest_of(index) + (std::int64_t{1} << width_exponent(index)) / 2;
}

}  // namespace plimsoll::latency

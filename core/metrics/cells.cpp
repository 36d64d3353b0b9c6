#include <algorithm>
#include <stdexcept>

#include "core/metrics/registry.hpp"

namespace plimsoll::metrics {

std::size_t own_cell() noexcept {
  static std::atomic<std::size_t> threads{0};
  static thread_local const std::size_t cell =
      threads.fetch_add(1, std::memory_order_relaxed) % kCells;
  return cell;
}

std::uint64_t Counter::value() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& cell : cells_) sum += cell.value.load(std::memory_order_relaxed);
  return sum;
}

Histogram::Histogram(std::vector<std::chrono::nanoseconds> upper_bounds)
    : bounds_{std::move(upper_bounds)} {
  if (bounds_.empty() || bounds_.size() > kMaxBounds ||
      !std::is_sorted(bounds_.begin(), bounds_.end()))
    throw std::invalid_argument("a histogram needs 1 to 20 rising bounds");
}

void Histogram::observe(std::chrono::nanoseconds duration) noexcept {
  const auto bound = std::lower_bound(bounds_.begin(), bounds_.end(), duration);
  auto& cell = cells_[own_cell()];
  cell.buckets[static_cast<std::size_t>(bound - bounds_.begin())].fetch_add(
      1, std::memory_order_relaxed);
  cell.sum_ns.fetch_add(duration.count(), std::memory_order_relaxed);
}

Histogram::Counts Histogram::counts() const {
  Counts counts;
  counts.cumulative.assign(bounds_.size() + 1, 0);
  for (const auto& cell : cells_) {
    for (std::size_t i = 0; i < counts.cumulative.size(); ++i)
      counts.cumulative[i] += cell.buckets[i].load(std::memory_order_relaxed);
    counts.sum += std::chrono::nanoseconds{cell.sum_ns.load(std::memory_order_relaxed)};
  }
  for (std::size_t i = 1; i < counts.cumulative.size(); ++i)
    counts.cumulative[i] += counts.cumulative[i - 1];
  return counts;
}

}  // namespace plimsoll::metrics

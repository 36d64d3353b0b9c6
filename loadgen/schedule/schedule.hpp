// When requests are to be sent: a rate over time, and the arrivals that follow from it. Pure and
// absolute: arrival k is where the integral of the rate reaches k (constant) or the sum of k
// exponential variates (Poisson, by time rescaling), so lateness never shifts what comes after.
// Times are nanoseconds from the start of the schedule. T threads take every T-th arrival; their
// union is the same schedule whatever T is. Thread-safety: a profile is immutable once built, an
// Arrivals belongs to one thread.
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <vector>

#include "core/shape/shape.hpp"
#include "core/units/units.hpp"

namespace plimsoll::loadgen::schedule {

// Rate over time, shape after shape.
class RateProfile {
 public:
  // Goes on from the end of what is there: from one rate to another in a straight line.
  void add(units::Duration duration, double from_per_second, double to_per_second);
  void add(units::Duration duration, const shape::Shape& shape);

  [[nodiscard]] units::Duration duration() const noexcept { return duration_; }
  // How many arrivals are due before the end.
  [[nodiscard]] double total() const noexcept { return total_; }
  // How many arrivals are due before t.
  [[nodiscard]] double arrivals_before(units::Duration t) const noexcept;
  // When the count of due arrivals reaches x, in seconds; infinity beyond total(). hint: the
  // segment to begin at, for callers whose x only grows.
  [[nodiscard]] double time_of(double x, std::size_t& hint) const noexcept;

 private:
  struct Segment {
    double start;   // s
    double length;  // s
    double before;  // arrivals before start
    double count;   // arrivals inside
    shape::Shape shape;
  };
  std::vector<Segment> segments_;
  units::Duration duration_{0};
  double total_ = 0;
};

enum class ArrivalKind { kConstant, kPoisson };

struct ArrivalOptions {
  ArrivalKind kind = ArrivalKind::kConstant;
  std::uint64_t seed = 1;
  std::uint64_t stride = 1;  // number of threads
  std::uint64_t offset = 0;  // this thread
  // Arrivals at or after counted_from count towards limit; the schedule ends after limit of them.
  units::Duration counted_from{0};
  std::uint64_t limit = std::numeric_limits<std::uint64_t>::max();
};

// One thread's share of the arrivals, in order.
class Arrivals {
 public:
  Arrivals(const RateProfile& profile, const ArrivalOptions& options);
  // The next planned send, nanoseconds from the start; nullopt at the end.
  [[nodiscard]] std::optional<std::int64_t> next();

 private:
  std::optional<std::int64_t> next_of_all();

  const RateProfile& profile_;
  ArrivalOptions options_;
  std::mt19937_64 random_;
  std::uint64_t index_ = 0;
  std::uint64_t counted_ = 0;
  double reached_ = 0;
  std::size_t hint_ = 0;
};

}  // namespace plimsoll::loadgen::schedule

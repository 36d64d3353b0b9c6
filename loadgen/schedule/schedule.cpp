#include "loadgen/schedule/schedule.hpp"

#include <algorithm>
#include <cmath>

namespace plimsoll::loadgen::schedule {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
// Rounding in rate * duration must not add an arrival at the very end: [0, D) is half open.
double slack(double count) { return 1e-9 + count * 1e-13; }

}  // namespace

void RateProfile::add(units::Duration duration, double from_per_second, double to_per_second) {
  add(duration, shape::Linear{units::seconds(duration), from_per_second, to_per_second});
}

void RateProfile::add(units::Duration duration, const shape::Shape& shape) {
  if (duration.count() <= 0) return;
  const double length = units::seconds(duration);
  const double count = shape.integral(length);
  segments_.push_back({units::seconds(duration_), length, total_, count, shape});
  duration_ += duration;
  total_ += count;
}

double RateProfile::arrivals_before(units::Duration t) const noexcept {
  const double seconds = units::seconds(t);
  double due = 0;
  for (const auto& segment : segments_)
    due += segment.shape.integral(std::clamp(seconds - segment.start, 0.0, segment.length));
  return due;
}

double RateProfile::time_of(double x, std::size_t& hint) const noexcept {
  while (hint < segments_.size()) {
    const auto& segment = segments_[hint];
    const double within = std::max(0.0, x - segment.before);
    if (within < segment.count - slack(segment.count))
      return segment.start + segment.shape.time_of(within);
    ++hint;
  }
  return kInfinity;
}

Arrivals::Arrivals(const RateProfile& profile, const ArrivalOptions& options)
    : profile_(profile), options_(options), random_(options.seed) {}

std::optional<std::int64_t> Arrivals::next() {
  while (const auto planned = next_of_all())
    if ((index_ - 1) % options_.stride == options_.offset) return planned;
  return std::nullopt;
}

// Every thread walks the whole schedule, which costs tens of nanoseconds an arrival and makes the
// union independent of the number of threads.
std::optional<std::int64_t> Arrivals::next_of_all() {
  double x = static_cast<double>(index_);
  if (options_.kind == ArrivalKind::kPoisson) {
    // 53 random bits in (0, 1]; std::exponential_distribution differs between libraries.
    const double uniform = (static_cast<double>(random_() >> 11) + 1) * 0x1.0p-53;
    reached_ -= std::log(uniform);
    x = reached_;
  }
  const double seconds = profile_.time_of(x, hint_);
  if (seconds == kInfinity) return std::nullopt;
  const auto planned = static_cast<std::int64_t>(std::llround(seconds * 1e9));
  if (planned >= options_.counted_from.count() && counted_++ >= options_.limit) return std::nullopt;
  ++index_;
  return planned;
}

}  // namespace plimsoll::loadgen::schedule

#include "core/burn/pacer.hpp"

#include <algorithm>

namespace plimsoll::burn {
namespace {

double ns(units::Duration duration) noexcept { return static_cast<double>(duration.count()); }
units::Duration from_ns(double value) noexcept {
  return units::Duration{static_cast<units::Duration::rep>(value)};
}

}  // namespace

Pacer::Pacer(units::Duration slot, units::Duration catch_up) noexcept
    : slot_(ns(slot)), catch_up_(ns(catch_up)) {}

units::Duration Pacer::next(units::Duration until, units::Duration used, double share,
                            double ceiling) noexcept {
  planned_ += share * ns(until - until_);
  until_ = until;
  double debt = planned_ - forgiven_ - ns(used);
  const double keep = share * (catch_up_ + slot_);
  if (debt > keep) {
    forgiven_ += debt - keep;
    debt = keep;
  }
  return from_ns(std::clamp(debt, 0.0, ceiling * slot_));
}

void Pacer::forgive(units::Duration used) noexcept {
  forgiven_ += std::max(0.0, planned_ - forgiven_ - ns(used));
}

units::Duration Pacer::forgiven() const noexcept { return from_ns(forgiven_); }

}  // namespace plimsoll::burn

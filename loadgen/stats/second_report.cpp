#include "loadgen/stats/second_report.hpp"

#include <utility>

namespace plimsoll::loadgen::stats {

void SecondReports::put(SecondReport report) {
  const std::lock_guard lock(mutex_);
  reports_.push_back(std::move(report));
}

std::vector<SecondReport> SecondReports::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(reports_, {});
}

}  // namespace plimsoll::loadgen::stats

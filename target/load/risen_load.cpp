#include "target/load/risen_load.hpp"

#include <cmath>
#include <utility>

namespace plimsoll::target::load {

void RisenLoad::start(units::Cores cores, Clock::time_point end) {
  auto burner = std::make_unique<burn::Burner>(units::Duration::zero());
  // One thread more than needed, so that a quota can be used up however the threads are scheduled.
  const int threads = static_cast<int>(std::ceil(cores.count)) + 1;
  if (cores.count > 0) burner->aim(cores.count, threads, threads);
  const std::scoped_lock lock{mutex_};
  burner_ = std::move(burner);
  cores_ = cores.count;
  end_ = end;
}

void RisenLoad::stop() {
  const std::scoped_lock lock{mutex_};
  burner_.reset();
  cores_ = 0;
}

void RisenLoad::tick(Clock::time_point now) {
  const std::scoped_lock lock{mutex_};
  if (burner_ == nullptr || now < end_) return;
  burner_.reset();
  cores_ = 0;
}

double RisenLoad::cores() const {
  const std::scoped_lock lock{mutex_};
  return cores_;
}

}  // namespace plimsoll::target::load

#include "target/load/work_pool.hpp"

#include <utility>

namespace plimsoll::target::load {

WorkPool::WorkPool(unsigned threads, std::size_t longest_queue) : longest_queue_{longest_queue} {
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { serve(); });
}

WorkPool::~WorkPool() { stop(); }

bool WorkPool::submit(Job job) {
  {
    const std::scoped_lock lock{mutex_};
    if (stop_ || jobs_.size() >= longest_queue_) return false;
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
  return true;
}

std::size_t WorkPool::waiting() const {
  const std::scoped_lock lock{mutex_};
  return jobs_.size();
}

void WorkPool::stop() {
  {
    const std::scoped_lock lock{mutex_};
    stop_ = true;
    jobs_.clear();
  }
  changed_.notify_all();
  threads_.clear();
}

void WorkPool::serve() {
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [this] { return stop_ || !jobs_.empty(); });
    if (stop_) return;
    const auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job(stop_);
    lock.lock();
  }
}

}  // namespace plimsoll::target::load

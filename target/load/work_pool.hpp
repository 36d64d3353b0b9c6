// Threads for what costs CPU, apart from those that read and write, so that /health is answered
// while all of them are busy. The queue is bounded: beyond it the caller has to refuse.
// Thread-safety: safe. Jobs must not throw.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace plimsoll::target::load {

class WorkPool {
 public:
  using Job = std::function<void(const std::atomic<bool>& stop)>;

  WorkPool(unsigned threads, std::size_t longest_queue);
  ~WorkPool();
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;

  // False: the queue is full, or the pool has stopped.
  [[nodiscard]] bool submit(Job job);
  [[nodiscard]] std::size_t waiting() const;

  // Drops what waits, asks what runs to end, and joins.
  void stop();

 private:
  void serve();

  const std::size_t longest_queue_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  std::atomic<bool> stop_{false};
  std::vector<std::jthread> threads_;
};

}  // namespace plimsoll::target::load

// One thread's epoll set and its one timer. Descriptors are registered once, edge-triggered, for
// reading and writing, so that a request costs no epoll_ctl: see docs/decisions/0003. An owner that
// is told of readiness must read (or write) until the kernel has no more, or until a short read.
// Errors: std::system_error when the kernel has no epoll set or timer left. Thread-safety: none;
// one thread runs the loop and makes every call.
// Source: epoll(7), timerfd_create(2).
#pragma once
#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "loadgen/net/loop.hpp"

namespace plimsoll::loadgen::net {

// Who is told that a descriptor is ready.
class Readiness {
 public:
  struct Event {
    bool readable;
    bool writable;
    bool hung_up;  // the peer will send nothing more: what is left, then the end, can be read
  };
  virtual void on_ready(Event event) = 0;

 protected:
  ~Readiness() = default;
};

// Who has something to do once everything that is due at the moment was handled.
class TurnEnd {
 public:
  virtual void on_turn_end() = 0;

 protected:
  ~TurnEnd() = default;
};

class EventLoop final : public Loop {
 public:
  EventLoop();
  ~EventLoop();

  // Closing the descriptor takes it out again, but forget() must be called first. 0, or an errno.
  [[nodiscard]] int add(int fd, Readiness& owner);
  // Level-triggered, for what the owner wants to hear of at the moment; nothing takes it out again.
  void watch(int fd, Readiness& owner, bool readable, bool writable);
  // No event that was already fetched will reach owner any more.
  void forget(const Readiness& owner) noexcept;

  // Calls owner once, after the events, the tasks and the timer of this turn (or of the next one,
  // which then does not wait).
  void at_turn_end(TurnEnd& owner) { turn_ends_.push_back(&owner); }
  // It is not called any more.
  void forget(const TurnEnd& owner) noexcept;

  void post(std::function<void()> task) override { tasks_.push_back(std::move(task)); }
  void set_timer(std::int64_t when) override;
  void on_timer(std::function<void()> callback) override { timer_callback_ = std::move(callback); }
  void run() override;
  void run_once(std::int64_t until) override;
  void stop() noexcept override { stopped_ = true; }

 private:
  void handle(int timeout_ms);
  void run_tasks();
  void end_turn();
  [[nodiscard]] bool may_wait() const noexcept { return tasks_.empty() && turn_ends_.empty(); }

  int epoll_;
  int timer_;
  bool stopped_ = false;
  std::function<void()> timer_callback_;
  std::vector<std::function<void()>> tasks_;
  std::vector<TurnEnd*> turn_ends_;  // null: forgotten
  std::array<epoll_event, 256> batch_{};
  int batch_size_ = 0;
  int batch_next_ = 0;
};

}  // namespace plimsoll::loadgen::net

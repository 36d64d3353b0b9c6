#include "loadgen/net/event_loop.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace plimsoll::loadgen::net {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

EventLoop::EventLoop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)), timer_(-1) {
  if (epoll_ < 0) fail("epoll_create1");
  timer_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  // Edge-triggered: setting the timer anew makes a new edge, so that it need not be read.
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  if (timer_ < 0 || ::epoll_ctl(epoll_, EPOLL_CTL_ADD, timer_, &event) != 0) {
    const int error = errno;
    ::close(epoll_);
    errno = error;
    fail("timerfd");
  }
}

EventLoop::~EventLoop() {
  ::close(timer_);
  ::close(epoll_);
}

int EventLoop::add(int fd, Readiness& owner) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &owner;
  return ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : errno;
}

void EventLoop::watch(int fd, Readiness& owner, bool readable, bool writable) {
  epoll_event event{};
  event.events = (readable ? std::uint32_t{EPOLLIN} : 0) | (writable ? std::uint32_t{EPOLLOUT} : 0);
  event.data.ptr = &owner;
  if (event.events == 0) {
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
    forget(owner);
  } else if (::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event) != 0) {
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }
}

void EventLoop::forget(const Readiness& owner) noexcept {
  for (int i = batch_next_; i < batch_size_; ++i) {
    auto& event = batch_[static_cast<std::size_t>(i)];
    if (event.data.ptr == &owner) event.events = 0;
  }
}

void EventLoop::forget(const TurnEnd& owner) noexcept {
  for (auto& each : turn_ends_)
    if (each == &owner) each = nullptr;
}

void EventLoop::set_timer(std::int64_t when) {
  // Zero would disarm it.
  const std::int64_t at = std::max<std::int64_t>(when, 1);
  itimerspec time{};
  time.it_value = {at / kSecond, at % kSecond};
  ::timerfd_settime(timer_, TFD_TIMER_ABSTIME, &time, nullptr);
}

void EventLoop::run() {
  stopped_ = false;
  while (!stopped_) handle(may_wait() ? -1 : 0);
}

void EventLoop::run_once(std::int64_t until) {
  const std::int64_t left = std::max<std::int64_t>(0, until - now());
  const std::int64_t milliseconds = (left + 999'999) / 1'000'000;
  handle(may_wait() ? static_cast<int>(std::min<std::int64_t>(milliseconds, 1'000)) : 0);
}

void EventLoop::handle(int timeout_ms) {
  batch_size_ = ::epoll_wait(epoll_, batch_.data(), static_cast<int>(batch_.size()), timeout_ms);
  bool timer = false;
  for (batch_next_ = 0; batch_next_ < batch_size_ && !stopped_;) {
    const auto& event = batch_[static_cast<std::size_t>(batch_next_++)];
    if (event.data.ptr == nullptr) {
      timer = true;
    } else if (event.events != 0) {
      const auto is = [&event](std::uint32_t bits) { return (event.events & bits) != 0; };
      const bool ended = is(EPOLLERR | EPOLLHUP);
      static_cast<Readiness*>(event.data.ptr)
          ->on_ready({is(EPOLLIN) || ended, is(EPOLLOUT) || ended, is(EPOLLRDHUP) || ended});
    }
  }
  batch_size_ = batch_next_ = 0;
  run_tasks();
  // After the answers, so that the connections which they free can carry what is due.
  if (timer && !stopped_ && timer_callback_) timer_callback_();
  end_turn();
}

void EventLoop::end_turn() {
  for (std::size_t i = 0; i < turn_ends_.size(); ++i)
    if (auto* owner = turn_ends_[i]) owner->on_turn_end();
  turn_ends_.clear();
}

void EventLoop::run_tasks() {
  for (auto& task : std::exchange(tasks_, {})) {
    if (stopped_) return;
    task();
  }
}

}  // namespace plimsoll::loadgen::net

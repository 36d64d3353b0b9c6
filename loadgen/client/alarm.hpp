// The one timer of a loop, for several who each have a time: it is set anew only for an earlier
// one, which saves a system call for most requests. Thread-safety: none.
#pragma once
#include <cstdint>

#include "loadgen/net/loop.hpp"

namespace plimsoll::loadgen::client {

class Alarm {
 public:
  explicit Alarm(net::Loop& loop) : loop_(loop) {}

  void set_no_later_than(std::int64_t when) {
    if (when >= when_) return;
    when_ = when;
    loop_.set_timer(when);
  }
  // It has fired, or its time no longer counts: the next time is set whatever it is.
  void clear() noexcept { when_ = INT64_MAX; }

 private:
  net::Loop& loop_;
  std::int64_t when_ = INT64_MAX;
};

}  // namespace plimsoll::loadgen::client

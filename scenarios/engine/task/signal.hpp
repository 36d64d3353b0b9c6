// Wakes those who wait (CancellationToken::wait). Thread-safety: one executor, one thread.
#pragma once
#include <boost/asio/steady_timer.hpp>
#include <set>

namespace plimsoll::engine::task {

class Signal {
 public:
  Signal() = default;
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  void notify() {
    for (auto* timer : waiting_) timer->cancel();
  }

 private:
  friend class CancellationToken;
  std::set<boost::asio::steady_timer*> waiting_;
};

}  // namespace plimsoll::engine::task

// The number that /count keeps in Redis. One connection for the process, on one I/O thread's loop:
// nothing blocks (names are resolved on a thread of Asio's). While there is no connection every
// call fails at once with the reason; it comes back by itself, with a back-off. A connection on
// which an answer is overdue is given up, and so is what waits on it: a call is never repeated,
// because nobody can know whether it has been counted. Errors: exit code 4 stands for 503 here.
// Thread-safety: increment() may be called from any thread. Destroy it before the loop, when that
// does not run any more. Source: https://redis.io/docs/latest/develop/reference/protocol-spec/
#pragma once
#include <hiredis/async.h>

#include <atomic>
#include <boost/asio/ip/basic_resolver.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/metrics/registry.hpp"
#include "core/result/result.hpp"
#include "target/logging/log.hpp"
#include "target/loop/loop.hpp"
#include "target/redis/back_off.hpp"
#include "target/redis/url.hpp"

namespace plimsoll::target::redis {

class Client {
 public:
  // Called exactly once, on the client's loop, with the number after counting.
  using Done = std::function<void(const Result<std::int64_t>& number)>;

  Client(boost::asio::io_context& io, metrics::Registry& registry, logging::LogWriter& log,
         Url url);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Connects, and from then on whenever the connection is lost.
  void start();

  // Adds one to the number.
  void increment(Done done);

  // Is a name being looked up? The end of the loop has to wait for that.
  [[nodiscard]] bool resolving() const noexcept { return resolving_; }

 private:
  using Tcp = boost::asio::ip::tcp;
  using OnReply = std::function<void(const redisReply* reply)>;  // null: the connection is lost
  struct Waiting {
    OnReply on_reply;
    loop::SteadyClock::time_point since;
  };

  void resolve();
  void connect_next();
  void greet();
  void send(std::initializer_list<std::string_view> words, OnReply on_reply);
  void replied(const redisReply* reply);
  void watch_overdue();
  void drop(std::string reason);
  void lost(std::string reason);
  void came_up();
  void count(const redisReply* reply, bool sent, const Done& done);
  [[nodiscard]] Error unreachable() const;

  boost::asio::io_context& io_;
  logging::LogWriter& log_;
  const Url url_;
  boost::asio::ip::basic_resolver<Tcp, loop::Executor> resolver_;
  loop::Timer retry_;
  loop::Timer overdue_;
  BackOff back_off_;
  std::minstd_rand random_{std::random_device{}()};
  std::vector<Tcp::endpoint> addresses_;  // not tried yet
  redisAsyncContext* context_ = nullptr;  // hiredis frees it when the connection ends
  std::deque<Waiting> waiting_;           // in the order of the commands, as the replies come
  std::string reason_ = "not connected yet";
  std::string logged_reason_;
  std::atomic<bool> up_{false};
  std::atomic<bool> resolving_{false};
  metrics::Counter& counted_;
  metrics::Counter& failed_;
  metrics::Counter& connections_;
  metrics::Histogram& durations_;
};

}  // namespace plimsoll::target::redis

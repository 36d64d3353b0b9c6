// One thread that reads and writes: its loop, its connections and their deadlines, its part of the
// log. Everything here belongs to that thread, but for io() and close_idle().
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/wait_traits.hpp>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <ctime>
#include <exception>
#include <functional>
#include <string>

#include "target/log.hpp"
#include "target/options.hpp"
#include "target/service.hpp"

namespace plimsoll::target {

// The loop's own executor type: any_io_executor would cost an indirection and an allocation a step.
using Executor = boost::asio::io_context::executor_type;
using SteadyClock = std::chrono::steady_clock;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;
using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor>;
using Timer =
    boost::asio::basic_waitable_timer<SteadyClock, boost::asio::wait_traits<SteadyClock>, Executor>;
template <typename T>
using Awaitable = boost::asio::awaitable<T, Executor>;
inline constexpr boost::asio::use_awaitable_t<Executor> use_awaitable{};

// What the loop's housekeeping sees of a connection.
class Expiring : public boost::intrusive::list_base_hook<
                     boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  virtual ~Expiring() = default;
  [[nodiscard]] virtual SteadyClock::time_point deadline() const noexcept = 0;
  virtual void expire() = 0;
  // Ends it if it waits for a request of which nothing has arrived.
  virtual void close_if_idle() = 0;
};

// The Date header's value; made once a second.
class HttpDate {
 public:
  [[nodiscard]] std::string_view text(WallClock::time_point now);

 private:
  std::time_t second_ = -1;
  std::string text_;
};

class IoThread {
 public:
  IoThread(const Options& options, Service& service);

  [[nodiscard]] boost::asio::io_context& io() noexcept { return io_; }

  // Starts the housekeeping; it goes on until the loop is stopped.
  void start();
  void add(Expiring& connection) { connections_.push_back(connection); }
  // Closes the connections that are idle now, and the others when they become so; may be called
  // from any thread.
  void close_idle();
  [[nodiscard]] bool closing() const noexcept { return closing_; }

  const Options& options;
  Service& service;
  LogBatch log;
  HttpDate date;

 private:
  Awaitable<void> keep_house();

  boost::asio::io_context io_{1};
  Timer timer_;
  bool closing_ = false;
  boost::intrusive::list<Expiring, boost::intrusive::constant_time_size<false>> connections_;
};

// For co_spawn: an exception that reaches the end of a coroutine is a bug; it is logged, and the
// service goes on.
[[nodiscard]] std::function<void(std::exception_ptr)> log_failure(LogWriter& log,
                                                                  std::string_view where);

}  // namespace plimsoll::target

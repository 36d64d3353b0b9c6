// One thread that reads and writes: its loop, its connections and their deadlines, its part of the
// log. Everything here belongs to that thread, but for io() and close_idle().
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <ctime>
#include <string>

#include "target/endpoints/service.hpp"
#include "target/logging/log.hpp"
#include "target/loop/loop.hpp"
#include "target/run/options.hpp"

namespace plimsoll::target::run {

// What the loop's housekeeping sees of a connection.
class Expiring : public boost::intrusive::list_base_hook<
                     boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  virtual ~Expiring() = default;
  [[nodiscard]] virtual loop::SteadyClock::time_point deadline() const noexcept = 0;
  virtual void expire() = 0;
  // Ends it if it waits for a request of which nothing has arrived.
  virtual void close_if_idle() = 0;
};

// The Date header's value; made once a second.
class HttpDate {
 public:
  [[nodiscard]] std::string_view text(logging::WallClock::time_point now);

 private:
  std::time_t second_ = -1;
  std::string text_;
};

class IoThread {
 public:
  IoThread(const Options& options, endpoints::Service& service);

  [[nodiscard]] boost::asio::io_context& io() noexcept { return io_; }

  // Starts the housekeeping; it goes on until the loop is stopped.
  void start();
  void add(Expiring& connection) { connections_.push_back(connection); }
  // Closes the connections that are idle now, and the others when they become so; may be called
  // from any thread.
  void close_idle();
  [[nodiscard]] bool closing() const noexcept { return closing_; }

  const Options& options;
  endpoints::Service& service;
  logging::LogBatch log;
  HttpDate date;

 private:
  loop::Awaitable<void> keep_house();

  boost::asio::io_context io_{1};
  loop::Timer timer_;
  bool closing_ = false;
  boost::intrusive::list<Expiring, boost::intrusive::constant_time_size<false>> connections_;
};

}  // namespace plimsoll::target::run

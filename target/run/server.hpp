// The service's life: listen, serve, and on SIGTERM or SIGINT end without losing a request:
// readiness fails at once and answers ask the clients to close; for SHUTDOWN_GRACE new connections
// are still served, because the endpoints of a Service change later than the signal comes; then the
// listener and idle connections close, and what runs has DRAIN_TIMEOUT to end. A second signal
// skips the rest of the grace. As PID 1 it reaps orphans. Errors: exit code 4 where the port cannot
// be had. Thread-safety: stop() and port() may be called from any thread while run() runs. Source:
// https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
#pragma once
#include <boost/asio/signal_set.hpp>
#include <memory>
#include <thread>
#include <vector>

#include "core/result/result.hpp"
#include "target/endpoints/service.hpp"
#include "target/logging/log.hpp"
#include "target/loop/loop.hpp"
#include "target/redis/client.hpp"
#include "target/run/io_thread.hpp"
#include "target/run/options.hpp"

namespace plimsoll::target::run {

class Server {
 public:
  Server(const Options& options, logging::LogWriter& log);
  ~Server();

  // Takes the port.
  [[nodiscard]] Result<void> listen();
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  // Serves on this thread and others until it has been stopped and has drained.
  void run();

  // As SIGTERM does.
  void stop();

  // After run(): is something under way that its end would have to wait for, without a bound?
  [[nodiscard]] bool hangs() const { return redis_ != nullptr && redis_->resolving(); }

 private:
  [[nodiscard]] loop::Awaitable<void> accept();
  [[nodiscard]] loop::Awaitable<void> live();
  [[nodiscard]] loop::Awaitable<bool> rest(units::Duration longest);
  void await_signal();
  void on_stop();
  void close_listener();
  void admit(loop::Socket socket, IoThread& thread);
  void refuse(loop::Socket socket);

  const Options options_;
  logging::LogWriter& log_;
  endpoints::Service service_;
  std::vector<std::unique_ptr<IoThread>> threads_;  // the first one runs on run()'s thread
  std::unique_ptr<redis::Client> redis_;            // on the first one's loop; ends before it
  loop::Acceptor acceptor_;
  boost::asio::signal_set signals_;
  loop::Timer timer_;
  std::uint16_t port_ = 0;
  std::int64_t most_connections_ = 0;
  int stops_ = 0;
};

}  // namespace plimsoll::target::run

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
#include "target/io_thread.hpp"
#include "target/redis_client.hpp"

namespace plimsoll::target {

class Server {
 public:
  Server(const Options& options, LogWriter& log);
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
  [[nodiscard]] Awaitable<void> accept();
  [[nodiscard]] Awaitable<void> live();
  [[nodiscard]] Awaitable<bool> rest(units::Duration longest);
  void await_signal();
  void on_stop();
  void close_listener();
  void admit(Socket socket, IoThread& thread);
  void refuse(Socket socket);

  const Options options_;
  LogWriter& log_;
  Service service_;
  std::vector<std::unique_ptr<IoThread>> threads_;  // the first one runs on run()'s thread
  std::unique_ptr<RedisClient> redis_;              // on the first one's loop; ends before it
  Acceptor acceptor_;
  boost::asio::signal_set signals_;
  Timer timer_;
  std::uint16_t port_ = 0;
  std::int64_t most_connections_ = 0;
  int stops_ = 0;
};

}  // namespace plimsoll::target

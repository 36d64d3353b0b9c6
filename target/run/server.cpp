#include "target/run/server.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <cmath>
#include <csignal>
#include <utility>

#include "core/http_server/listen.hpp"
#include "core/machine/machine.hpp"
#include "target/load/cores.hpp"
#include "target/run/connection.hpp"

namespace plimsoll::target::run {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto kDrainLook = 10ms;
constexpr auto kAcceptPause = 50ms;
// For all that is not a client: log, signals, Redis, /proc; and each loop.
constexpr std::int64_t kReservedDescriptors = 48;
constexpr std::int64_t kDescriptorsOfALoop = 4;
constexpr std::size_t kMostUnread = 64U << 10U;

unsigned thread_count(const Options& options) {
  if (options.threads > 0) return options.threads;
  return static_cast<unsigned>(std::max(1.0, std::ceil(load::usable_cores())));
}

// An orphan that a process of this PID namespace left behind has PID 1 as its parent.
void reap_orphans() {
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

// Counted from its acceptance on, not from when its thread comes to it: or a burst would be let in
// before the first is counted, take the last descriptor, and leave the rest without even a refusal.
class Admission {
 public:
  explicit Admission(std::atomic<std::int64_t>& connections) : connections_{&connections} {
    ++connections;
  }
  Admission(Admission&& other) noexcept
      : connections_{std::exchange(other.connections_, nullptr)} {}
  Admission& operator=(Admission&&) = delete;
  ~Admission() {
    if (connections_ != nullptr) --*connections_;
  }

 private:
  std::atomic<std::int64_t>* connections_;
};

// The admission ends after the connection's descriptor.
loop::Awaitable<void> serve([[maybe_unused]] Admission admission, loop::Socket socket,
                            IoThread& thread) {
  Connection connection{std::move(socket), thread};
  co_await connection.serve();
}

}  // namespace

Server::Server(const Options& options, logging::LogWriter& log)
    : options_{options},
      log_{log},
      service_{options_.max_memory, thread_count(options), log},
      threads_{[this] {
        std::vector<std::unique_ptr<IoThread>> threads;
        for (unsigned i = 0; i < thread_count(options_); ++i)
          threads.push_back(std::make_unique<IoThread>(options_, service_));
        return threads;
      }()},
      acceptor_{threads_.front()->io()},
      signals_{threads_.front()->io()},
      timer_{threads_.front()->io()} {
  // Before anybody can know that the service is there: PID 1 would not get a signal without a
  // handler, another process would be ended by it.
  for (const int signal : {SIGTERM, SIGINT, SIGCHLD}) signals_.add(signal);
  if (options_.redis) {
    redis_ = std::make_unique<redis::Client>(threads_.front()->io(), service_.registry, log,
                                             *options_.redis);
    service_.counter = redis_.get();
  }
}

// Jobs refer to coroutines, which end with the loops: so the jobs have to end first.
Server::~Server() { service_.stop(); }

Result<void> Server::listen() {
  const auto port = http_server::listen(acceptor_, options_.port);
  if (!port) {
    auto error = port.error();
    error.message += "; choose another PORT";
    return error;
  }
  port_ = *port;
  const auto most_files =
      static_cast<std::int64_t>(std::min<std::uint64_t>(machine::raise_open_files(), 1U << 24U));
  const auto reserved =
      kReservedDescriptors + kDescriptorsOfALoop * static_cast<std::int64_t>(threads_.size());
  most_connections_ = std::max<std::int64_t>(1, most_files - reserved);
  return {};
}

void Server::run() {
  log_.announce("listening", fmt::format("\"port\":{},\"threads\":{},\"version\":\"{}\"", port_,
                                         threads_.size(), PLIMSOLL_VERSION));
  auto& main_io = threads_.front()->io();
  reap_orphans();
  await_signal();
  if (redis_ != nullptr) redis_->start();
  for (auto& thread : threads_) thread->start();
  asio::co_spawn(main_io, accept(), logging::log_failure(log_, "accept"));
  asio::co_spawn(main_io, live(), logging::log_failure(log_, "life cycle"));
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < threads_.size(); ++i)
    others.emplace_back([this, i] { threads_[i]->io().run(); });
  main_io.run();
  others.clear();
  for (auto& thread : threads_) thread->log.flush();
}

void Server::stop() {
  asio::post(threads_.front()->io(), [this] { on_stop(); });
}

void Server::await_signal() {
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) return;
    if (signal == SIGCHLD)
      reap_orphans();
    else
      on_stop();
    await_signal();
  });
}

void Server::on_stop() {
  ++stops_;
  if (stops_ == 1) service_.drain();  // at once, not when the loop comes to it
  timer_.cancel();
}

// True: the whole time has passed; false: somebody asked to stop.
loop::Awaitable<bool> Server::rest(units::Duration longest) {
  timer_.expires_after(longest);
  boost::system::error_code error;
  co_await timer_.async_wait(asio::redirect_error(loop::use_awaitable, error));
  co_return !error;
}

loop::Awaitable<void> Server::live() {
  while (stops_ == 0) co_await rest(24h);
  log_.say(logging::LogLevel::kInfo, "draining",
           fmt::format("\"grace_seconds\":{:.3f},\"connections\":{}",
                       units::seconds(options_.shutdown_grace), service_.connections.load()));
  service_.risen_load.stop();
  if (stops_ == 1) co_await rest(options_.shutdown_grace);

  close_listener();
  for (auto& thread : threads_) thread->close_idle();
  const auto deadline = loop::SteadyClock::now() + options_.drain_timeout;
  while (service_.connections > 0 && loop::SteadyClock::now() < deadline) co_await rest(kDrainLook);

  log_.say(service_.connections > 0 ? logging::LogLevel::kWarn : logging::LogLevel::kInfo,
           "stopped", fmt::format("\"connections_cut\":{}", service_.connections.load()));
  boost::system::error_code ignored;
  signals_.cancel(ignored);
  for (auto& thread : threads_) thread->io().stop();
}

loop::Awaitable<void> Server::accept() {
  std::size_t turn = 0;
  while (acceptor_.is_open()) {
    auto& thread = *threads_[turn++ % threads_.size()];
    loop::Socket socket{thread.io()};
    boost::system::error_code error;
    co_await acceptor_.async_accept(socket, asio::redirect_error(loop::use_awaitable, error));
    if (error == asio::error::operation_aborted) co_return;
    if (error) {  // out of descriptors or memory: trying again at once would only burn CPU
      loop::Timer pause{threads_.front()->io(), kAcceptPause};
      co_await pause.async_wait(asio::redirect_error(loop::use_awaitable, error));
      continue;
    }
    admit(std::move(socket), thread);
  }
}

// Who is in the listener's queue when it closes would get a reset, perhaps to a request already
// sent.
void Server::close_listener() {
  boost::system::error_code error;
  acceptor_.cancel(error);
  acceptor_.non_blocking(true, error);
  while (!error) {
    loop::Socket socket{threads_.front()->io()};
    acceptor_.accept(socket, error);
    if (!error) admit(std::move(socket), *threads_.front());
  }
  acceptor_.close(error);
}

void Server::admit(loop::Socket socket, IoThread& thread) {
  if (service_.connections >= most_connections_) {
    refuse(std::move(socket));
    return;
  }
  asio::co_spawn(thread.io(), serve(Admission{service_.connections}, std::move(socket), thread),
                 logging::log_failure(log_, "connection"));
}

void Server::refuse(loop::Socket socket) {
  static constexpr std::string_view kBusy =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\n"
      "Connection: close\r\n\r\n";
  boost::system::error_code error;
  socket.non_blocking(true, error);
  socket.write_some(asio::buffer(kBusy), error);
  // Closing with unread bytes would send a reset, which may overtake the answer.
  std::array<char, 4096> bytes;
  for (std::size_t total = 0; !error && total < kMostUnread;)
    total += socket.read_some(asio::buffer(bytes), error);
}

}  // namespace plimsoll::target::run

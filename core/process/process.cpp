#include "core/process/process.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <exception>

#include "core/process/spawn.hpp"
#include "core/text/shell.hpp"

namespace plimsoll::process {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t kLongestLine = 1U << 20U;

Exit exit_from(int status) {
  if (WIFSIGNALED(status)) return {128 + WTERMSIG(status), WTERMSIG(status)};
  return {WEXITSTATUS(status), 0};
}

}  // namespace

struct Child::State : std::enable_shared_from_this<Child::State> {
  struct Pipe {
    Pipe(const asio::any_io_executor& executor, int end, Stream which)
        : descriptor(executor, end), stream(which) {}
    asio::posix::stream_descriptor descriptor;
    Stream stream;
    std::string partial;
  };

  State(const asio::any_io_executor& executor, const Spawned& spawned, int pidfd, OnLine lines)
      : pid(spawned.pid),
        out(executor, spawned.out, Stream::kOut),
        err(executor, spawned.err, Stream::kErr),
        life(executor, pidfd),
        ended(executor, asio::steady_timer::time_point::max()),
        on_line(std::move(lines)) {}

  // Reads what is there now; false at the end of the stream.
  bool read_available(Pipe& pipe) {
    std::array<char, 16384> buffer{};
    while (pipe.descriptor.is_open()) {
      const ssize_t got = ::read(pipe.descriptor.native_handle(), buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return errno == EAGAIN;
      if (got == 0) return false;
      pipe.partial.append(buffer.data(), static_cast<std::size_t>(got));
      deliver_lines(pipe);
    }
    return false;
  }

  void deliver_lines(Pipe& pipe) {
    std::size_t start = 0;
    for (auto end = pipe.partial.find('\n'); end != std::string::npos;
         end = pipe.partial.find('\n', start)) {
      if (on_line) on_line(pipe.stream, std::string_view{pipe.partial}.substr(start, end - start));
      start = end + 1;
    }
    pipe.partial.erase(0, start);
    if (pipe.partial.size() >= kLongestLine) flush(pipe);
  }

  void flush(Pipe& pipe) {
    if (!pipe.partial.empty() && on_line) on_line(pipe.stream, pipe.partial);
    pipe.partial.clear();
  }

  // Reaps, and ends what is left of the group: the zombie still holds its number.
  void reap() {
    if (exit) return;
    ::kill(-pid, SIGKILL);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    exit = exit_from(status);
  }

  void end() {
    reap();
    for (Pipe* pipe : {&out, &err}) {
      read_available(*pipe);
      flush(*pipe);
      error_code ignored;
      pipe->descriptor.close(ignored);
    }
    error_code ignored;
    life.close(ignored);
    ended.cancel();
  }

  pid_t pid;
  Pipe out;
  Pipe err;
  asio::posix::stream_descriptor life;  // a pidfd: readable when the process has ended
  asio::steady_timer ended;             // cancelled when it has
  OnLine on_line;
  std::optional<Exit> exit;

  static asio::awaitable<void> pump(std::shared_ptr<State> self, Pipe* pipe) {
    error_code ec;
    while (!ec) {
      co_await pipe->descriptor.async_wait(asio::posix::descriptor_base::wait_read,
                                           asio::redirect_error(asio::use_awaitable, ec));
      if (ec || !self->read_available(*pipe)) break;
    }
  }

  static asio::awaitable<void> watch(std::shared_ptr<State> self) {
    error_code ec;
    co_await self->life.async_wait(asio::posix::descriptor_base::wait_read,
                                   asio::redirect_error(asio::use_awaitable, ec));
    if (!ec) self->end();
  }
};

Child::Child(std::shared_ptr<State> state) : state_(std::move(state)) {}
Child::Child(Child&&) noexcept = default;

Child& Child::operator=(Child&& other) noexcept {
  Child old{std::move(state_)};
  state_ = std::move(other.state_);
  return *this;
}

Child::~Child() {
  if (!state_ || state_->exit) return;
  state_->on_line = nullptr;  // what it points to may be gone
  state_->end();
}

Result<Child> Child::start(const asio::any_io_executor& executor, const Argv& argv,
                           OnLine on_line) {
  const auto spawned = spawn(argv);
  if (!spawned) return spawned.error();
  const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, spawned->pid, 0));
  if (pidfd < 0) {
    const int reason = errno;
    ::kill(-spawned->pid, SIGKILL);
    ::waitpid(spawned->pid, nullptr, 0);
    ::close(spawned->out);
    ::close(spawned->err);
    return unavailable(
        fmt::format("cannot watch {}: pidfd_open: {}", argv.front(), std::strerror(reason)));
  }
  auto state = std::make_shared<State>(executor, *spawned, pidfd, std::move(on_line));
  // A failing line handler is a bug of ours and ends the program in main.
  const auto rethrow = [](const std::exception_ptr& error) {
    if (error) std::rethrow_exception(error);
  };
  asio::co_spawn(executor, State::pump(state, &state->out), rethrow);
  asio::co_spawn(executor, State::pump(state, &state->err), rethrow);
  asio::co_spawn(executor, State::watch(state), rethrow);
  return Child{std::move(state)};
}

pid_t Child::pid() const noexcept { return state_->pid; }
std::optional<Exit> Child::exit() const noexcept { return state_->exit; }

asio::awaitable<Exit> Child::finished() {
  const auto state = state_;
  error_code ec;
  while (!state->exit) {
    co_await state->ended.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
      break;
  }
  co_return state->exit.value_or(Exit{});
}

void Child::send_signal(int number) noexcept {
  if (state_ && !state_->exit) ::kill(-state_->pid, number);
}

asio::awaitable<Result<Output>> run(asio::any_io_executor executor, Argv argv,
                                    std::chrono::milliseconds timeout, std::size_t max_bytes) {
  Output output;
  auto child = Child::start(executor, argv, [&](Stream stream, std::string_view line) {
    auto& text = stream == Stream::kOut ? output.out : output.err;
    if (text.size() + line.size() < max_bytes) text.append(line).append("\n");
  });
  if (!child) co_return child.error();

  // Shared, because a timer that has just expired runs its handler even after cancel().
  struct Deadline {
    Child* child;
    bool late = false;
  };
  const auto shared = std::make_shared<Deadline>(Deadline{&*child});
  asio::steady_timer deadline{executor, timeout};
  deadline.async_wait([shared](const error_code& ec) {
    if (ec || shared->child == nullptr) return;
    shared->late = true;
    shared->child->send_signal(SIGKILL);
  });
  output.exit = co_await child->finished();
  shared->child = nullptr;
  deadline.cancel();
  if (shared->late)
    co_return unavailable(
        fmt::format("{} was not done after {} ms", text::shell_line(argv), timeout.count()));
  co_return output;
}

}  // namespace plimsoll::process

// Child processes on an Asio loop: started in a process group of their own (a terminal's Ctrl-C
// does not reach them), stdin empty, stdout and stderr read line by line, killed with all their
// group when the Child goes away or this process dies.
// Errors: exit code 4 where the program cannot be started (the message names it and the reason).
// Thread-safety: one Child belongs to one executor; start() forks, so call it from the loop's only
// thread.
#pragma once
#include <sys/types.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result/result.hpp"

namespace plimsoll::process {

// argv[0] is looked up in PATH where it has no slash.
using Argv = std::vector<std::string>;

struct Exit {
  int code = 0;    // the exit status, or 128 + signal as a shell says it
  int signal = 0;  // 0: ended by itself
  [[nodiscard]] bool ok() const noexcept { return code == 0; }
};

enum class Stream { kOut, kErr };

// One line without its newline; lines longer than 1 MiB come in pieces.
using OnLine = std::function<void(Stream, std::string_view)>;

class Child {
 public:
  // Starts argv at once; lines go to on_line from the executor.
  [[nodiscard]] static Result<Child> start(const boost::asio::any_io_executor& executor,
                                           const Argv& argv, OnLine on_line);
  Child(Child&&) noexcept;
  Child& operator=(Child&&) noexcept;
  ~Child();  // SIGKILL to the group, then reaps

  [[nodiscard]] pid_t pid() const noexcept;
  // nullopt while it runs.
  [[nodiscard]] std::optional<Exit> exit() const noexcept;
  // Ends when the process has ended and every line it wrote was delivered; what it left running in
  // its group is killed. Cancellation-safe: the process goes on.
  [[nodiscard]] boost::asio::awaitable<Exit> finished();
  // To the whole group; nothing where it has ended.
  void send_signal(int number) noexcept;

 private:
  struct State;
  explicit Child(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

struct Output {
  Exit exit;
  std::string out;  // whole lines, each with its newline
  std::string err;
};

// Runs argv to its end. Error (exit code 4) when it cannot start or is not done within timeout; it
// is killed then. Of each stream at most max_bytes are kept.
[[nodiscard]] boost::asio::awaitable<Result<Output>> run(boost::asio::any_io_executor executor,
                                                         Argv argv,
                                                         std::chrono::milliseconds timeout,
                                                         std::size_t max_bytes = 16U << 20U);

// Where argv[0] would be found: an executable path, nullopt when nowhere.
[[nodiscard]] std::optional<std::string> find_program(const std::string& name);

}  // namespace plimsoll::process

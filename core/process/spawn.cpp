#include "core/process/spawn.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sstream>

namespace plimsoll::process {
namespace {

class Pipe {
 public:
  Pipe() { ok_ = ::pipe2(ends_.data(), O_CLOEXEC) == 0; }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] int read_end() const { return ends_[0]; }
  [[nodiscard]] int write_end() const { return ends_[1]; }
  void close_end(std::size_t end) {
    if (ends_.at(end) >= 0) ::close(ends_.at(end));
    ends_.at(end) = -1;
  }
  [[nodiscard]] int release_read() {
    const int end = ends_[0];
    ends_[0] = -1;
    return end;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
  bool ok_ = false;
};

// Between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(char* const* argv, const char* path, pid_t parent, int out, int err,
                         int report) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // it died before prctl
  const int null = ::open("/dev/null", O_RDONLY);
  if (null >= 0) ::dup2(null, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int number : {SIGINT, SIGTERM, SIGPIPE, SIGHUP}) ::signal(number, SIG_DFL);
  ::execv(path, argv);
  const int reason = errno;
  [[maybe_unused]] const auto written = ::write(report, &reason, sizeof reason);
  ::_exit(127);
}

Error cannot_start(const std::string& program, int reason) {
  return unavailable(fmt::format("cannot start {}: {}", program, std::strerror(reason)));
}

}  // namespace

std::optional<std::string> find_program(const std::string& name) {
  if (name.find('/') != std::string::npos)
    return ::access(name.c_str(), X_OK) == 0 ? std::optional{name} : std::nullopt;
  const char* path = std::getenv("PATH");
  std::istringstream folders{path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin"};
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string candidate = (folder.empty() ? "." : folder) + "/" + name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return std::nullopt;
}

Result<Spawned> spawn(const Argv& argv) {
  if (argv.empty()) return internal_error("no program to start");
  const auto path = find_program(argv.front());
  if (!path) return cannot_start(argv.front(), ENOENT);

  Pipe out;
  Pipe err;
  Pipe report;  // carries errno when exec fails, and nothing when it does not
  if (!out.ok() || !err.ok() || !report.ok()) return cannot_start(argv.front(), errno);
  std::vector<char*> raw;
  raw.reserve(argv.size() + 1);
  for (const auto& word : argv) raw.push_back(const_cast<char*>(word.c_str()));
  raw.push_back(nullptr);

  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return cannot_start(argv.front(), errno);
  if (pid == 0)
    become(raw.data(), path->c_str(), parent, out.write_end(), err.write_end(), report.write_end());
  ::setpgid(pid, pid);  // both sides do it: whoever comes first
  out.close_end(1);
  err.close_end(1);
  report.close_end(1);
  int reason = 0;
  ssize_t got = 0;
  do {
    got = ::read(report.read_end(), &reason, sizeof reason);
  } while (got < 0 && errno == EINTR);
  if (got == sizeof reason) {
    ::waitpid(pid, nullptr, 0);
    return cannot_start(argv.front(), reason);
  }
  for (const int end : {out.read_end(), err.read_end()}) ::fcntl(end, F_SETFL, O_NONBLOCK);
  return Spawned{pid, out.release_read(), err.release_read()};
}

}  // namespace plimsoll::process

#include "core/cli/output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

namespace plimsoll::cli {

Result<void> write_whole(const std::string& path, std::string_view text) {
  const auto failed = [&] {
    return environment_error(
        fmt::format("cannot write {}: {}", path == "-" ? "stdout" : path, std::strerror(errno)));
  };
  if (path == "-") {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
      return failed();
    return {};
  }
  const std::string temporary = fmt::format("{}.{}.tmp", path, ::getpid());
  {
    std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    file.close();
    if (!file) {
      const auto error = failed();
      std::remove(temporary.c_str());
      return error;
    }
  }
  if (std::rename(temporary.c_str(), path.c_str()) != 0) {
    const auto error = failed();
    std::remove(temporary.c_str());
    return error;
  }
  return {};
}

ProgressLine::ProgressLine(bool quiet) : quiet_(quiet), terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() { finish(); }

void ProgressLine::show(std::string_view text) {
  if (quiet_) return;
  if (terminal_) {
    fmt::print(stderr, "\r\x1b[K{}", text);
    std::fflush(stderr);
    open_ = true;
    return;
  }
  const auto now = std::chrono::steady_clock::now();
  if (last_plain_ != std::chrono::steady_clock::time_point{} &&
      now - last_plain_ < std::chrono::seconds{10})
    return;
  last_plain_ = now;
  fmt::print(stderr, "{}\n", text);
}

void ProgressLine::finish() {
  if (open_) fmt::print(stderr, "\n");
  open_ = false;
}

}  // namespace plimsoll::cli

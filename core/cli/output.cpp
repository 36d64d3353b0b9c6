#include "core/cli/output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace plimsoll::cli {

namespace {

Error cannot_write(const std::string& path) {
  return unavailable(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
}

Result<void> write_straight(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (!file) return cannot_write(path);
  return {};
}

Result<void> write_and_rename(const std::string& path, std::string_view text) {
  const std::string temporary = fmt::format("{}.{}.tmp", path, ::getpid());
  const bool written = static_cast<bool>(write_straight(temporary, text));
  if (written && std::rename(temporary.c_str(), path.c_str()) == 0) return {};
  const auto error = cannot_write(path);
  std::remove(temporary.c_str());
  return error;
}

}  // namespace

Result<void> write_whole(const std::string& path, std::string_view text) {
  namespace fs = std::filesystem;
  if (path == "-") {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
      return cannot_write("stdout");
    return {};
  }
  std::error_code error;
  const auto kind = fs::status(path, error).type();
  // A rename would put a file in the place of /dev/null, of a pipe's end, or of a link.
  if (kind == fs::file_type::not_found || kind == fs::file_type::none)
    return write_and_rename(path, text);
  if (kind != fs::file_type::regular) return write_straight(path, text);
  const auto real = fs::canonical(path, error);
  return write_and_rename(error ? path : real.string(), text);
}

bool shows_colors(int descriptor) {
  return ::isatty(descriptor) == 1 || std::getenv("CLICOLOR_FORCE") != nullptr;
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

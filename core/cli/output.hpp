// Where results and progress go: files written whole or not at all, one live line on a terminal.
// Thread-safety: a ProgressLine belongs to one thread; the functions are safe.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "core/result/result.hpp"

namespace plimsoll::cli {

// Writes text to path by way of a temporary file beside it and rename, so that a reader never sees
// half a file; "-" writes to stdout. What is no regular file (a device, a pipe) is written to as it
// is, and behind a symbolic link the file that it names is replaced. Error (exit code 4): names the
// path and the system's reason.
[[nodiscard]] Result<void> write_whole(const std::string& path, std::string_view text);

// Whether text for this descriptor is coloured where the user says nothing: on a terminal, and
// where CLICOLOR_FORCE is in the environment (what reads the text writes it to a terminal).
[[nodiscard]] bool shows_colors(int descriptor);

// One line of progress on stderr: rewritten in place on a terminal, a plain line every ten seconds
// elsewhere.
class ProgressLine {
 public:
  explicit ProgressLine(bool quiet);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(std::string_view text);
  // Ends the live line so that other output starts on a line of its own.
  void finish();

 private:
  bool quiet_;
  bool terminal_;
  bool open_ = false;
  std::chrono::steady_clock::time_point last_plain_{};
};

}  // namespace plimsoll::cli

#include "core/cgroup/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace plimsoll::cgroup {
namespace {

Error unreadable(const std::string& path, int reason) {
  return unavailable(fmt::format("cannot read {}: {}", path, std::strerror(reason)));
}

}  // namespace

Result<std::optional<std::string>> read_if_there(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::optional<std::string>{};
    return unreadable(path, errno);
  }
  std::string text;
  std::array<char, 4096> block;
  ssize_t got = 0;
  while ((got = ::read(file, block.data(), block.size())) > 0)
    text.append(block.data(), static_cast<std::size_t>(got));
  const int reason = errno;
  ::close(file);
  // Pressure files of a kernel booted without psi=1 can be opened, but not read.
  if (got < 0 && reason == EOPNOTSUPP) return std::optional<std::string>{};
  if (got < 0) return unreadable(path, reason);
  return std::optional{std::move(text)};
}

Result<std::string> read_file(const std::string& path) {
  auto text = read_if_there(path);
  if (!text) return text.error();
  if (!*text) return unreadable(path, ENOENT);
  return std::move(**text);
}

Error malformed(const std::string& path, std::string_view expected, std::string_view content) {
  constexpr std::size_t kShown = 60;
  std::string shown{content.substr(0, kShown)};
  while (!shown.empty() && shown.back() == '\n') shown.pop_back();
  std::replace_if(
      shown.begin(), shown.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  if (content.size() > kShown) shown += "...";
  return unavailable(fmt::format("{}: expected {}, found '{}'", path, expected, shown));
}

std::string_view first_line(std::string_view text) noexcept {
  return text.substr(0, text.find('\n'));
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto end = text.find(separator);
    if (end != 0) parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return parts;
}

std::optional<std::uint64_t> to_count(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<std::optional<std::uint64_t>> find_key(const std::string& path, std::string_view content,
                                              std::string_view key) {
  for (const auto line : split(content, '\n')) {
    if (!line.starts_with(key) || line.size() <= key.size() || line[key.size()] != ' ') continue;
    const auto value = to_count(line.substr(key.size() + 1));
    if (!value) return malformed(path, fmt::format("'{} NUMBER'", key), line);
    return value;
  }
  return std::optional<std::uint64_t>{};
}

Result<std::uint64_t> read_count(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return text.error();
  const auto value = to_count(first_line(*text));
  if (!value) return malformed(path, "a whole number", *text);
  return *value;
}

}  // namespace plimsoll::cgroup
